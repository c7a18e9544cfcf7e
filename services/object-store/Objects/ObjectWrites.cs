using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>PutObject, CopyObject and DeleteObject.</summary>
internal sealed class ObjectWrites(ObjectCatalog catalog, CopySources sources, BlobFiles files, ObjectStoreOptions options, TimeProvider time)
{
    public async Task PutAsync(S3Request request)
    {
        ObjectKey.ToBytes(request.Key);
        var headers = ObjectHeaders.Read(request);
        var conditions = WriteConditions.Read(request);
        conditions.Check(catalog.Find(request.Bucket, request.Key)?.ETag);
        using var blob = files.Create();
        var received = await BodyReceiver.ReceiveAsync(request, blob, options.MaxPutBytes);
        await blob.SyncAsync();
        var now = time.GetUtcNow();
        var stored = new StoredObject
        {
            Size = received.Length,
            ETag = received.ETag,
            ModifiedAt = now,
            Checksum = received.Checksum,
            Headers = headers,
            Body = new ObjectBody([new BodySegment(blob.Id, received.Length)]),
        };
        await catalog.PutAsync(request.Bucket, request.Key, conditions, ChangeOrigin.Of(request, "ObjectCreated:Put", now), write =>
        {
            BlobReferences.Add(write, stored.Body.Blobs);
            return stored;
        });
        blob.Keep();
        request.Http.Response.Headers.ETag = $"\"{stored.ETag}\"";
        StoredChecksum.Send(stored.Checksum, request.Http.Response.Headers);
    }

    /// <summary>Copies no byte: both objects name the same blobs.</summary>
    public async Task CopyAsync(S3Request request)
    {
        ObjectKey.ToBytes(request.Key);
        var source = sources.Read(request);
        var replacesMetadata = (request.Header("x-amz-metadata-directive") ?? "COPY").ToUpperInvariant() switch
        {
            "COPY" => false,
            "REPLACE" => true,
            _ => throw new S3Exception(S3Error.InvalidArgument, "Unknown metadata directive."),
        };
        var requested = ObjectHeaders.Read(request); // also refuses what cannot be done
        if (!replacesMetadata && source.Bucket.Id == request.Bucket.Id && source.Key == request.Key)
        {
            throw new S3Exception(S3Error.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        var sourceKey = ObjectKey.ToBytes(source.Key);
        var now = time.GetUtcNow();
        var stored = await catalog.PutAsync(
            request.Bucket, request.Key, WriteConditions.Read(request), ChangeOrigin.Of(request, "ObjectCreated:Copy", now), write =>
            {
                // Read here, not before: the blobs of an object that was replaced meanwhile may be gone.
                var original = CopySources.Check(request, source, ObjectCatalog.Find(write, source.Bucket, sourceKey));
                BlobReferences.Add(write, original.Body.Blobs);
                return original with { ModifiedAt = now, Headers = replacesMetadata ? requested : original.Headers };
            });
        await XmlAnswer.SendAsync(request, "CopyObjectResult", xml =>
        {
            xml.Element("LastModified", stored.ModifiedAt);
            xml.Element("ETag", $"\"{stored.ETag}\"");
            if (stored.Checksum is { } checksum)
            {
                xml.Element("Checksum" + checksum.Algorithm.Name(), checksum.Value);
                xml.Element("ChecksumType", checksum.Type);
            }
        });
    }

    public async Task DeleteAsync(S3Request request)
    {
        ObjectReads.CheckVersion(request.Ask("versionId"));
        await catalog.DeleteAsync(
            request.Bucket, request.Key, WriteConditions.Read(request), ChangeOrigin.Of(request, "ObjectRemoved:Delete", time.GetUtcNow()));
        request.Http.Response.StatusCode = 204;
    }
}
