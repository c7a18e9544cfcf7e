using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of CreateAlias and UpdateAlias. Null: not given.</summary>
internal sealed record AliasRequest(string? Name, string? FunctionVersion, string? Description, RoutingFields? RoutingConfig, string? RevisionId);

internal sealed record RoutingFields(IReadOnlyDictionary<string, double>? AdditionalVersionWeights);

/// <summary>Lambda's AliasConfiguration.</summary>
internal sealed record AliasResponse(
    string AliasArn, string Name, string FunctionVersion, string Description, RoutingFields? RoutingConfig, string RevisionId)
{
    public static AliasResponse Of(string functionArn, AliasState alias) => new(
        $"{functionArn}:{alias.Name}",
        alias.Name,
        alias.FunctionVersion,
        alias.Description,
        alias.AdditionalVersion is { } other ? new RoutingFields(new Dictionary<string, double> { [other] = alias.AdditionalWeight }) : null,
        alias.RevisionId);
}

/// <summary>Answer of ListAliases.</summary>
internal sealed record AliasList(IReadOnlyList<AliasResponse> Aliases, string? NextMarker);
