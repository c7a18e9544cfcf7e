using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Lifecycle;

namespace Glue.ObjectStore.Objects;

/// <summary>PutObject, CopyObject and DeleteObject.</summary>
internal sealed class ObjectWrites(
    ObjectCatalog catalog, CopySources sources, CopiedChecksums checksums, BlobFiles files, BucketQuota quota, ObjectStoreOptions options, TimeProvider time)
{
    public async Task PutAsync(S3Request request)
    {
        ObjectKey.ToBytes(request.Key);
        var headers = ObjectHeaders.Read(request.Headers);
        var tags = TagSet.FromHeader(request.Header("x-amz-tagging"));
        var conditions = WriteConditions.Read(request);
        if (conditions.Any)
        {
            conditions.Check(catalog.Find(request.Bucket, request.Key)?.ETag);
        }

        quota.CheckAnnounced(request.Bucket, BodyReceiver.AnnouncedBytes(request));
        using var blob = files.Create();
        var received = await BodyReceiver.ReceiveAsync(request, blob, options.MaxPutBytes);
        var stored = await new ReceivedObject(blob, received, headers, tags).StoreAsync(catalog, request, request.Key, conditions, "ObjectCreated:Put", time);
        request.Http.Response.Headers.ETag = $"\"{stored.ETag}\"";
        VersionHeaders.Send(request, stored.Version);
        StoredChecksum.Send(stored.Checksum, request.Http.Response.Headers);
        ExpirationHeader.Send(request, request.Key, stored);
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
        var replacesTags = (request.Header("x-amz-tagging-directive") ?? "COPY").ToUpperInvariant() switch
        {
            "COPY" => false,
            "REPLACE" => true,
            _ => throw new S3Exception(S3Error.InvalidArgument, "Unknown tagging directive."),
        };
        var requested = ObjectHeaders.Read(request.Headers); // also refuses what cannot be done
        var requestedTags = TagSet.FromHeader(request.Header("x-amz-tagging"));
        var algorithm = ChecksumRequests.Algorithm(request);
        var toItself = source.Bucket.Id == request.Bucket.Id && source.Key == request.Key && source.Version is null;
        if (!replacesMetadata && toItself)
        {
            throw new S3Exception(S3Error.InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.");
        }

        var checksum = algorithm is { } wanted ? await checksums.OfAsync(source, wanted, request.Aborted) : null;
        var sourceKey = ObjectKey.ToBytes(source.Key);
        var now = time.GetUtcNow();
        StoredObject? original = null;
        var stored = await catalog.PutAsync(
            request.Bucket, request.Key, WriteConditions.Read(request), ChangeOrigin.Of(request, "ObjectCreated:Copy", now), (write, _) =>
            {
                // Read here, not before: the blobs of an object that was replaced meanwhile may be gone.
                original = CopySources.Check(request, source, ObjectRows.Find(write, source.Bucket, sourceKey, source.Version));
                BlobReferences.Add(write, original.Body.Blobs);
                return original with
                {
                    ModifiedAt = now,
                    Headers = replacesMetadata ? requested : original.Headers,
                    Tags = replacesTags ? requestedTags : original.Tags,
                    Checksum = checksum is { } computed && computed.Body == original.Body.ToString() ? computed.Checksum : original.Checksum,
                };
            });
        VersionHeaders.Send(request, stored.Version);
        ExpirationHeader.Send(request, request.Key, stored);
        CopySources.SendVersion(request, source, original!);
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
        var deletion = await catalog.DeleteAsync(
            request.Bucket, request.Key, VersionId.Parse(request.Ask("versionId")), WriteConditions.Read(request),
            ChangeOrigin.Of(request, "ObjectRemoved:Delete", time.GetUtcNow()));
        if (deletion.IsMarker)
        {
            VersionHeaders.SendMarker(request, deletion.Version);
        }
        else
        {
            VersionHeaders.Send(request, deletion.Version);
        }

        request.Http.Response.StatusCode = 204;
    }
}
