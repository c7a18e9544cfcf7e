using Glue.Functions.Http;

namespace Glue.Functions.Storage;

/// <summary>What the store says of an object beside its bytes.</summary>
public sealed record ObjectInfo
{
    private const string MetadataPrefix = "x-amz-meta-";

    /// <summary>Bytes of the answer's body; for a range, of the range.</summary>
    public required long ContentLength { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public required string ContentType { get; init; }

    /// <summary>User metadata, names without <c>x-amz-meta-</c>, in lower case.</summary>
    public required IReadOnlyDictionary<string, string> Metadata { get; init; }

    internal static ObjectInfo Read(HttpResponse response)
    {
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in response.Headers())
        {
            if (name.StartsWith(MetadataPrefix, StringComparison.Ordinal))
            {
                metadata[name[MetadataPrefix.Length..]] = value;
            }
        }

        return new ObjectInfo
        {
            ContentLength = response.ContentLength ?? throw new HttpFaultException("The store sent an object without its length."),
            ETag = (response.Header("ETag"u8) ?? "").Trim('"'),
            ContentType = response.Header("Content-Type"u8) ?? "application/octet-stream",
            Metadata = metadata,
        };
    }
}
