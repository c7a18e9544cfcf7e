namespace Glue.Foundation.S3;

/// <summary>What the header <c>x-amz-copy-source</c> names.</summary>
/// <param name="Bucket">Where from.</param>
/// <param name="Key">Decoded.</param>
/// <param name="VersionId">As given; null: the present object.</param>
public sealed record S3CopySource(string Bucket, string Key, string? VersionId)
{
    public const string Header = "x-amz-copy-source";

    private const string Version = "?versionId=";

    /// <returns>Null: it does not name a bucket and a key.</returns>
    /// <exception cref="S3NameException">Not percent-encoded UTF-8.</exception>
    public static S3CopySource? Parse(ReadOnlySpan<char> header)
    {
        string? version = null;
        if (header.LastIndexOf(Version) is >= 0 and var question)
        {
            version = header[(question + Version.Length)..].ToString();
            header = header[..question];
        }

        // The whole value is percent-encoded, by some clients with the slash between bucket and key.
        var path = S3ResourceName.Decode(header.StartsWith("/") ? header[1..] : header);
        path = path.StartsWith('/') ? path[1..] : path;
        var slash = path.IndexOf('/', StringComparison.Ordinal);
        return slash <= 0 || slash == path.Length - 1 ? null : new S3CopySource(path[..slash], path[(slash + 1)..], version);
    }
}
