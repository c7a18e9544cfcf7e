namespace Glue.Dispatcher.Functions;

/// <summary>A name for a version, and perhaps a second one that gets a share of the invocations.</summary>
internal sealed record AliasState
{
    public required string Name { get; init; }

    /// <summary>A number or <c>$LATEST</c>.</summary>
    public required string FunctionVersion { get; init; }

    public string Description { get; init; } = "";

    /// <summary>The second version's number, null: there is none.</summary>
    public string? AdditionalVersion { get; init; }

    /// <summary>The second version's share of the invocations, 0 to 1.</summary>
    public double AdditionalWeight { get; init; }

    public required string RevisionId { get; init; }

    public bool PointsTo(string version) => FunctionVersion == version || AdditionalVersion == version;
}
