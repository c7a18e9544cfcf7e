using System.Text.Json;
using System.Text.RegularExpressions;
using Glue.Dispatcher.LambdaApi;
using Glue.Foundation.Policies;

namespace Glue.Dispatcher.Roles;

/// <summary>
/// <c>PUT</c> (the policy's JSON), <c>GET</c> and <c>DELETE /glue/v1/roles/NAME</c>, <c>GET /glue/v1/roles</c>: the caller's own. The installation's
/// account has the same for others below <c>/glue/v1/accounts/ID|NAME</c>.
/// </summary>
internal sealed partial class RolesApi(RoleStore roles)
{
    /// <summary>IAM's limit for all inline policies of a role, in characters.</summary>
    private const int MaxLength = 10_240;

    public async Task PutAsync(ApiCall call, string accountId, string name)
    {
        if (!NamePattern().IsMatch(name))
        {
            throw LambdaException.InvalidParameter($"'{name}' is not a role's name: 1 to 64 letters, digits and _+=,.@-. A path stands only in the ARN.");
        }

        var document = Text(call.Json(RoleJson.Default.JsonElement));
        if (document.Length > MaxLength)
        {
            throw LambdaException.InvalidParameter($"The policy has {document.Length} characters; at most {MaxLength} are allowed.");
        }

        await call.OkAsync(View(await roles.PutAsync(accountId, name, document, Parse(document)), withPolicy: true), RoleJson.Default.RoleView);
    }

    public Task GetAsync(ApiCall call, string accountId, string name) =>
        call.OkAsync(View(roles.Find(accountId, name) ?? throw NotFound(name), withPolicy: true), RoleJson.Default.RoleView);

    public Task ListAsync(ApiCall call, string accountId) =>
        call.OkAsync(new RoleList([.. roles.Of(accountId).Select(static role => View(role, withPolicy: false))]), RoleJson.Default.RoleList);

    public async Task RemoveAsync(ApiCall call, string accountId, string name)
    {
        if (!await roles.RemoveAsync(accountId, name))
        {
            throw NotFound(name);
        }

        await call.NoContentAsync();
    }

    private static string Text(JsonElement policy)
    {
        try
        {
            return policy.GetRawText();
        }
        catch (InvalidOperationException)
        {
            throw new LambdaException(400, "MalformedPolicyDocumentException", "The policy is not UTF-8.");
        }
    }

    /// <summary>IAM's error for it, so that who knows IAM knows what to mend.</summary>
    private static AccessPolicy Parse(string document)
    {
        try
        {
            return AccessPolicy.Parse(document, PolicyDialect.OfRole);
        }
        catch (PolicyFormatException e)
        {
            throw new LambdaException(400, "MalformedPolicyDocumentException", e.Message);
        }
    }

    private static LambdaException NotFound(string name) =>
        LambdaException.NotFound($"There is no policy of a role '{name}': its functions may use all buckets of their account.");

    private static RoleView View(RolePolicy role, bool withPolicy) =>
        new(role.Name, role.ChangedAt, withPolicy ? JsonSerializer.Deserialize(role.Document, RoleJson.Default.JsonElement) : null);

    [GeneratedRegex(@"\A[a-zA-Z0-9_+=,.@-]{1,64}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}
