using System.Globalization;
using System.Text;

namespace Glue.Functions.Storage;

/// <summary>
/// One upload in parts. Parts may be sent in any order and by several threads; each but the last has at least 5 MiB. The store keeps the
/// parts until the upload is completed or aborted.
/// </summary>
public sealed class MultipartUpload
{
    /// <summary>Least bytes of a part that is not the last (S3 User Guide, "Multipart upload limits", read 2026-11).</summary>
    public const int LeastPartBytes = 5 * 1024 * 1024;

    /// <summary>Parts of one upload.</summary>
    public const int MostParts = 10_000;

    /// <summary>Nobody reads a part's ETag but <see cref="Complete"/>: the embedded store need not compute an MD5. Other stores never see it.</summary>
    private static readonly (string Name, string Value) CheapETag = ("x-glue-part-etag", "xxh128");

    private readonly StorageClient _client;
    private readonly string _id;
    private readonly SortedDictionary<int, string> _parts = [];

    internal MultipartUpload(StorageClient client, string bucket, string key, string id, DateTimeOffset? begun = null) =>
        (_client, Bucket, Key, _id, Begun) = (client, bucket, key, id, begun);

    public string Bucket { get; }

    public string Key { get; }

    /// <summary>By the store's clock; null for an upload that was begun here.</summary>
    public DateTimeOffset? Begun { get; }

    /// <param name="number">1 to 10,000; a number sent twice is replaced.</param>
    /// <param name="bytes">The part.</param>
    /// <exception cref="StorageException">Refused; <c>NoSuchUpload</c> when somebody aborted it.</exception>
    public void Send(int number, ReadOnlySpan<byte> bytes)
    {
        var query = string.Create(CultureInfo.InvariantCulture, $"?partNumber={number}&uploadId={Id}");
        var (_, eTag) = _client.Send("PUT", Bucket, Key, query, bytes, CheapETag);
        lock (_parts)
        {
            _parts[number] = eTag;
        }
    }

    /// <summary>Makes the object of the parts, in the order of their numbers. At least one part must have been sent.</summary>
    /// <returns>The object's ETag, without quotes.</returns>
    public string Complete()
    {
        var document = new StringBuilder("<CompleteMultipartUpload xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">");
        lock (_parts)
        {
            foreach (var (number, eTag) in _parts)
            {
                document.Append(CultureInfo.InvariantCulture, $"<Part><PartNumber>{number}</PartNumber><ETag>\"{eTag}\"</ETag></Part>");
            }
        }

        document.Append("</CompleteMultipartUpload>");
        var (xml, _) = _client.Send("POST", Bucket, Key, $"?uploadId={Id}", Encoding.ASCII.GetBytes(document.ToString()));

        // A store that was already answering 200 when it failed says so in the body (S3 API Reference, CompleteMultipartUpload).
        return ErrorXml.Element(xml, "Code") is { } code
            ? throw new StorageException(200, code, ErrorXml.Element(xml, "Message") ?? "the store gave no reason", "CompleteMultipartUpload", Bucket, Key, null)
            : (ErrorXml.Element(xml, "ETag") ?? "").Trim('"');
    }

    /// <summary>Gives the upload and its parts up; one that is gone already counts as aborted.</summary>
    public void Abort()
    {
        try
        {
            _client.Send("DELETE", Bucket, Key, $"?uploadId={Id}", default);
        }
        catch (StorageException e) when (e.Code == "NoSuchUpload")
        {
            // What was wanted.
        }
    }

    private string Id => ObjectPath.EncodeValue(_id);
}
