namespace Glue.Workers.Pool;

/// <summary>What warm sandboxes are kept under: never shared between two states of a function.</summary>
internal readonly record struct VersionKey(string Arn, string RevisionId)
{
    public static VersionKey Of(Contracts.Functions.FunctionVersion version) => new(version.Arn, version.RevisionId);
}
