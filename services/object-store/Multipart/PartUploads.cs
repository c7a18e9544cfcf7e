using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Multipart;

/// <summary>UploadPart and UploadPartCopy.</summary>
internal sealed class PartUploads(
    UploadCatalog uploads, ObjectCatalog objects, CopySources sources, BlobFiles files, BucketQuota quota, ObjectStoreOptions options,
    TimeProvider time)
{
    private const int MaxNumber = 10_000;

    public async Task PutAsync(S3Request request)
    {
        var (upload, number) = Target(request);
        quota.CheckAnnounced(request.Bucket, BodyReceiver.AnnouncedBytes(request));
        using var blob = files.CreatePart(PartETag.Asked(request));
        var received = await BodyReceiver.ReceiveAsync(request, blob, options.MaxPutBytes, upload.ChecksumAlgorithm);
        if (upload.ChecksumAlgorithm is { } expected && received.Checksum!.Algorithm != expected)
        {
            throw new S3Exception(S3Error.InvalidRequest,
                $"Checksum Type mismatch occurred, expected checksum Type: {expected.Name()}, actual checksum Type: {received.Checksum.Algorithm.Name()}");
        }

        await KeepAsync(request, upload, number, blob, received);
        request.Http.Response.Headers.ETag = $"\"{received.ETag}\"";
        if (received.Checksum is { } checksum)
        {
            request.Http.Response.Headers[checksum.Algorithm.Header()] = checksum.Value;
        }
    }

    public async Task CopyAsync(S3Request request)
    {
        var (upload, number) = Target(request);
        var source = sources.Read(request);
        var stored = CopySources.Check(request, source, objects.Find(source.Bucket, source.Key, source.Version));
        var range = request.Header("x-amz-copy-source-range") is not { } header
            ? new ByteRange(0, stored.Size)
            : ByteRange.Parse(header, stored.Size) ?? throw new S3Exception(S3Error.InvalidArgument,
                "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the zero-based offsets of the first and last bytes to copy");
        using var blob = files.CreatePart();
        ReceivedBody received;
        using (var body = new StoredBodyReader(files, stored.Body, range))
        {
            received = await BodyReceiver.CopyAsync(body, blob, upload.ChecksumAlgorithm, request.Aborted);
        }

        var part = await KeepAsync(request, upload, number, blob, received);
        CopySources.SendVersion(request, source, stored);
        await XmlAnswer.SendAsync(request, "CopyPartResult", xml =>
        {
            xml.Element("LastModified", part.ModifiedAt);
            xml.Element("ETag", $"\"{part.ETag}\"");
            xml.Element("Checksum" + part.Checksum?.Algorithm.Name(), part.Checksum?.Value);
        });
    }

    private (Upload Upload, int Number) Target(S3Request request)
    {
        if (!int.TryParse(request.Ask("partNumber"), System.Globalization.NumberStyles.None, null, out var number) || number is < 1 or > MaxNumber)
        {
            throw new S3Exception(S3Error.InvalidArgument, $"Part number must be an integer between 1 and {MaxNumber}, inclusive");
        }

        return (uploads.Get(request.Bucket, request.Key, request.Ask("uploadId")!), number);
    }

    private async Task<UploadedPart> KeepAsync(S3Request request, Upload upload, int number, BlobWriter blob, ReceivedBody received)
    {
        await blob.SyncAsync();
        var part = new UploadedPart(number, received.Length, received.ETag, time.GetUtcNow(), received.Checksum, blob.Id);
        var replaced = await uploads.PutPartAsync(request.Bucket, request.Key, upload.Id, part, blob);
        blob.Keep();
        files.Delete(replaced);
        return part;
    }
}
