namespace Glue.Functions.Storage;

/// <summary>What to store beside an object's bytes.</summary>
public sealed record ObjectUpload
{
    public string ContentType { get; init; } = "application/octet-stream";

    public string? CacheControl { get; init; }

    /// <summary>User metadata, names without <c>x-amz-meta-</c>; names and values printable ASCII.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);
}
