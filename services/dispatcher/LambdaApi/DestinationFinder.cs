using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Destinations that callers name, checked when they are set.</summary>
internal sealed class DestinationFinder(IFunctionCatalog catalog, OutcomeDeliveries deliveries)
{
    /// <returns>Its ARN; null: none is named.</returns>
    /// <exception cref="LambdaException">It is none, or not one that the caller may use.</exception>
    public async Task<string?> FindAsync(ApiCall call, DestinationFields? fields, string name)
    {
        if (string.IsNullOrEmpty(fields?.Destination))
        {
            return null;
        }

        var arn = fields.Destination;
        if (deliveries.Find(arn) is { } destination)
        {
            return await destination.RefusalAsync(call.AccountId, arn, call.Aborted) is { } refusal
                ? throw LambdaException.InvalidParameter($"The destination ARN {arn} is invalid: {refusal}.")
                : arn;
        }

        FunctionRules.Refuse(
            !arn.Contains(":lambda:", StringComparison.Ordinal), $"{name} '{arn}'",
            "name the ARN of a function, of a bucket (arn:aws:s3:::BUCKET) or of a webhook (arn:glue:webhook:::NAME)");
        return catalog.Find(arn) is { } target && target.AccountId == call.AccountId
            ? arn
            : throw LambdaException.InvalidParameter($"The destination ARN {arn} is invalid: there is no such function of this account.");
    }
}
