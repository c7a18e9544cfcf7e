namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>An address that an account may name as a destination, <c>arn:glue:webhook:::NAME</c>.</summary>
/// <param name="AccountId">Whose; names are per account.</param>
/// <param name="Name">1 to 64 characters of <c>[a-zA-Z0-9-_]</c>.</param>
/// <param name="Url">http or https.</param>
/// <param name="Secret">What its deliveries are signed with: <c>whsec_</c> and base64.</param>
internal sealed record Webhook(string AccountId, string Name, Uri Url, string Secret)
{
    public const string ArnPrefix = "arn:glue:webhook:::";

    public override string ToString() => $"webhook {Name} of {AccountId}"; // a record would print the secret
}
