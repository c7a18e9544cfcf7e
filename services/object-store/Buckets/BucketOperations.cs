using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>ListBuckets, CreateBucket, HeadBucket, DeleteBucket, GetBucketLocation.</summary>
internal sealed class BucketOperations(
    BucketCatalog buckets, BlobFiles files, IBucketNotifications notifications, ObjectStoreOptions options, TimeProvider time)
{
    public Task ListAsync(S3Request request)
    {
        var account = request.Credential.AccountId;
        var prefix = request.Ask("prefix") ?? "";
        return XmlAnswer.SendAsync(request, "ListAllMyBucketsResult", xml =>
        {
            xml.Owner("Owner", account);
            xml.WriteStartElement("Buckets");
            foreach (var bucket in buckets.Of(account).Where(bucket => bucket.Name.StartsWith(prefix, StringComparison.Ordinal)))
            {
                xml.WriteStartElement("Bucket");
                xml.Element("Name", bucket.Name);
                xml.Element("CreationDate", bucket.CreatedAt);
                xml.WriteEndElement();
            }

            xml.WriteEndElement();
        });
    }

    public async Task CreateAsync(S3Request request)
    {
        if (!BucketName.IsValid(request.BucketName))
        {
            throw new S3Exception(S3Error.InvalidBucketName, $"{S3Error.InvalidBucketName.Message} {BucketName.Rules}")
            {
                Details = [("BucketName", request.BucketName)],
            };
        }

        if (request.Header("x-amz-bucket-object-lock-enabled") is "true")
        {
            throw new S3Exception(S3Error.NotImplemented, "This store has no object lock.");
        }

        await CheckLocationAsync(request);
        var bucket = await buckets.CreateAsync(request.BucketName, request.Credential.AccountId, time.GetUtcNow());

        // A crash between a bucket's deletion and the notice of it may have left rules of a former bucket of this name.
        await notifications.BucketDeletedAsync(bucket.AccountId, bucket.Name, request.Aborted);
        request.Http.Response.Headers.Location = "/" + request.BucketName;
    }

    public Task HeadAsync(S3Request request)
    {
        request.Http.Response.Headers["x-amz-bucket-region"] = options.Region;
        return Task.CompletedTask;
    }

    public async Task DeleteAsync(S3Request request)
    {
        files.Delete(await buckets.DeleteAsync(request.Bucket));
        await notifications.BucketDeletedAsync(request.Bucket.AccountId, request.Bucket.Name, request.Aborted);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    /// <summary>us-east-1 shows as an empty element, S3's oldest habit.</summary>
    public Task LocationAsync(S3Request request) => XmlAnswer.SendAsync(
        request, "LocationConstraint", xml => xml.WriteString(options.Region == "us-east-1" ? "" : options.Region));

    /// <summary>Any region's name is taken, as any region's signature is: there is one place only.</summary>
    private static async Task CheckLocationAsync(S3Request request)
    {
        if (request.Http.Request.ContentLength is null or 0)
        {
            return;
        }

        await XmlBody.ReadAsync(request, "CreateBucketConfiguration");
    }
}
