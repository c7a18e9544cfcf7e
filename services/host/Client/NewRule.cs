namespace Glue.Host.Client;

/// <summary>A bucket rule as a user states it.</summary>
internal sealed record NewRule(string Bucket, string Function)
{
    public string Id { get; init; } = Function;

    /// <summary>S3 event types with <c>s3:</c>.</summary>
    public IReadOnlyList<string> Events { get; init; } = ["s3:ObjectCreated:*"];

    public string Prefix { get; init; } = "";

    public string Suffix { get; init; } = "";

    public bool AllowsRecursion { get; init; }
}
