using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Which layers a function may have (Lambda API Reference, CreateFunction, and Lambda quotas; read 2026-11).</summary>
internal static class LayerRules
{
    /// <summary>The one action that a layer's policy may allow.</summary>
    public const string GetLayerVersion = "lambda:GetLayerVersion";

    private const int MaxLayers = 5;

    /// <param name="layers">Those there are.</param>
    /// <param name="arns">Those wanted, in order.</param>
    /// <param name="accountId">Whose layers they must be, or who may use them.</param>
    /// <exception cref="LambdaException">Too many, twice the same, not there, or another account's that does not let this one.</exception>
    public static IReadOnlyList<LayerUse> Find(LayerStore layers, IReadOnlyList<string> arns, string accountId)
    {
        if (arns.Count > MaxLayers)
        {
            throw LambdaException.InvalidParameter($"Cannot reference more than {MaxLayers} layers.");
        }

        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        var found = new List<LayerUse>();
        foreach (var arn in arns)
        {
            var layer = Find(layers, arn, accountId) ?? throw LambdaException.InvalidParameter($"Layer version {arn} does not exist.");
            if (!seen.TryAdd($"{layer.AccountId}:{layer.Name}", arn))
            {
                throw LambdaException.InvalidParameter(
                    "Two different versions of the same layer are not allowed to be referenced in the same function. "
                    + $"{seen[$"{layer.AccountId}:{layer.Name}"]} and {arn} are versions of the same layer.");
            }

            found.Add(new LayerUse(arn, layer.CodeSha256, layer.CodeSizeBytes, layer.UnpackedBytes));
        }

        return found;
    }

    /// <returns>Null: there is none.</returns>
    /// <exception cref="LambdaException">It is no layer version's ARN, or another account's that does not let this one use it.</exception>
    public static LayerVersionState? Find(LayerStore layers, string arn, string accountId)
    {
        new FieldCheck().Required("layers", arn).Length("layers", arn, 140).Matches("layers", arn, ModelPatterns.LayerVersionArn).Throw();
        var match = ModelPatterns.LayerVersionArn.Match(arn);
        var owner = match.Groups["account"].Value;
        var found = layers.Find(owner, match.Groups["name"].Value, VersionNumber.Of(match.Groups["version"].Value));
        return owner == accountId || found?.Policy.AllowsAccount(accountId, GetLayerVersion) == true ? found
            : throw LambdaException.AccessDenied("GetLayerVersion", arn);
    }

    /// <exception cref="LambdaException">Code and layers together are too large.</exception>
    public static FunctionState CheckSize(FunctionState state)
    {
        var bytes = state.UnpackedBytes + state.Layers.Sum(static layer => layer.UnpackedBytes);
        return bytes <= DeploymentZip.MaxUnpackedBytes ? state : throw LambdaException.InvalidParameter(
            $"Function code combined with layers exceeds the maximum allowed size of {DeploymentZip.MaxUnpackedBytes} bytes. The actual size is {bytes} bytes.");
    }
}
