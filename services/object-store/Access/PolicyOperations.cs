using System.Text;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>PutBucketPolicy, GetBucketPolicy, GetBucketPolicyStatus, DeleteBucketPolicy.</summary>
internal sealed class PolicyOperations(BucketCatalog buckets)
{
    private static readonly S3Error NoSuchPolicy = new("NoSuchBucketPolicy", 404, "The bucket policy does not exist");

    public static async Task GetAsync(S3Request request)
    {
        var json = Encoding.UTF8.GetBytes(request.Bucket.Settings.Document(BucketPolicy.Name) ?? throw NotFound(request));
        request.Http.Response.ContentType = "application/json";
        request.Http.Response.ContentLength = json.Length;
        await request.Http.Response.Body.WriteAsync(json, request.Aborted);
    }

    public static Task GetStatusAsync(S3Request request)
    {
        var policy = request.Bucket.Settings.Policy ?? throw NotFound(request);
        return XmlAnswer.SendAsync(request, "PolicyStatus", xml => xml.Element("IsPublic", policy.IsPublic));
    }

    public async Task PutAsync(S3Request request)
    {
        var json = Encoding.UTF8.GetString(await BodyReceiver.ReadAllAsync(request, BucketPolicy.MaxBytes));
        var policy = BucketPolicy.Parse(json);
        BucketPolicy.CheckResources(policy, request.Bucket.Name);
        if (policy.IsPublic && request.Bucket.Settings.PublicAccess.BlockPublicPolicy)
        {
            throw new S3Exception(S3Error.AccessDenied, "The bucket's public access block (BlockPublicPolicy) forbids a policy that allows something to everybody.");
        }

        await buckets.SetAsync(request.Bucket, BucketPolicy.Name, json);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    public async Task DeleteAsync(S3Request request)
    {
        await buckets.SetAsync(request.Bucket, BucketPolicy.Name, null);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static S3Exception NotFound(S3Request request) => new(NoSuchPolicy) { Details = [("BucketName", request.BucketName)] };
}
