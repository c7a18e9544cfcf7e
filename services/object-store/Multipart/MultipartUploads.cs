using System.Globalization;
using System.Security.Cryptography;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Lifecycle;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Multipart;

/// <summary>CreateMultipartUpload, CompleteMultipartUpload, AbortMultipartUpload.</summary>
internal sealed class MultipartUploads(UploadCatalog uploads, ObjectCatalog objects, BlobFiles files, TimeProvider time)
{
    public async Task CreateAsync(S3Request request)
    {
        ObjectKey.ToBytes(request.Key);
        var algorithm = ChecksumRequests.Algorithm(request);
        var upload = new Upload(
            RandomNumberGenerator.GetHexString(32, lowercase: true), request.Key, time.GetUtcNow(), ObjectHeaders.Read(request.Headers),
            TagSet.FromHeader(request.Header("x-amz-tagging")), algorithm, IsFullObject(request, algorithm));
        await uploads.AddAsync(request.Bucket, upload);
        if (algorithm is { } chosen)
        {
            request.Http.Response.Headers["x-amz-checksum-algorithm"] = chosen.Name();
            request.Http.Response.Headers["x-amz-checksum-type"] = upload.ChecksumType;
        }

        await XmlAnswer.SendAsync(request, "InitiateMultipartUploadResult", xml =>
        {
            xml.Element("Bucket", request.Bucket.Name);
            xml.Element("Key", request.Key);
            xml.Element("UploadId", upload.Id);
        });
    }

    /// <summary>Copies no byte: the parts' blobs become the object's.</summary>
    public async Task CompleteAsync(S3Request request)
    {
        var id = request.Ask("uploadId")!;
        var conditions = WriteConditions.Read(request);
        uploads.Get(request.Bucket, request.Key, id);
        var named = CompletionDocument.Read(await XmlBody.ReadAsync(request, "CompleteMultipartUpload"));
        var now = time.GetUtcNow();
        var stored = await objects.PutAsync(
            request.Bucket, request.Key, conditions, ChangeOrigin.Of(request, "ObjectCreated:CompleteMultipartUpload", now), (write, freed) =>
            {
                var upload = UploadCatalog.Get(write, request.Bucket, request.Key, id);
                var uploaded = UploadCatalog.Parts(write, id);
                var made = Completion.Assemble(upload, uploaded, named, now);
                CheckClaims(request, made);

                // The parts' bytes were the bucket's already; those that were not named are so no longer.
                var unused = uploaded.Select(static part => part.Blob).Except(made.Body.Blobs, StringComparer.Ordinal);
                freed.Take(write, unused, uploaded.Sum(static part => part.Size));
                UploadCatalog.Remove(write, id);
                return made;
            });
        VersionHeaders.Send(request, stored.Version);
        ExpirationHeader.Send(request, request.Key, stored);
        await XmlAnswer.SendAsync(request, "CompleteMultipartUploadResult", xml =>
        {
            xml.Element("Location", $"{request.Http.Request.Scheme}://{request.Http.Request.Host}/{request.Bucket.Name}/{Uri.EscapeDataString(request.Key)}");
            xml.Element("Bucket", request.Bucket.Name);
            xml.Element("Key", request.Key);
            xml.Element("ETag", $"\"{stored.ETag}\"");
            if (stored.Checksum is { } checksum)
            {
                xml.Element("Checksum" + checksum.Algorithm.Name(), checksum.Value);
                xml.Element("ChecksumType", checksum.Type);
            }
        });
    }

    public async Task AbortAsync(S3Request request)
    {
        files.Delete(await uploads.AbortAsync(request.Bucket, request.Key, request.Ask("uploadId")!));
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static bool IsFullObject(S3Request request, ChecksumAlgorithm? algorithm)
    {
        var isCrc = algorithm?.Crc() is not null;
        return request.Header("x-amz-checksum-type")?.ToUpperInvariant() switch
        {
            null => algorithm == ChecksumAlgorithm.Crc64Nvme,
            "FULL_OBJECT" when isCrc => true,
            "COMPOSITE" when algorithm is not null and not ChecksumAlgorithm.Crc64Nvme => false,
            var type => throw new S3Exception(S3Error.InvalidRequest,
                $"The {type} checksum type cannot be used with the {algorithm?.Name() ?? "(missing)"} checksum algorithm."),
        };
    }

    /// <summary>What the request says of the whole object: its size, and its checksum when that is one of the bytes.</summary>
    private static void CheckClaims(S3Request request, StoredObject made)
    {
        if (request.Header("x-amz-mp-object-size") is { } size && size != made.Size.ToString(CultureInfo.InvariantCulture))
        {
            throw new S3Exception(S3Error.InvalidRequest, "The provided 'x-amz-mp-object-size' header does not match the size of the completed object.");
        }

        if (made.Checksum is { } checksum && request.Header(checksum.Algorithm.Header()) is { } claimed && claimed != checksum.Value)
        {
            throw new S3Exception(S3Error.BadDigest, $"The {checksum.Algorithm.Name()} you specified did not match the calculated checksum.");
        }
    }
}
