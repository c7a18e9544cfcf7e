using Glue.Foundation.Policies;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>The policy of a bucket: IAM's language, about this bucket alone.</summary>
internal static class BucketPolicy
{
    public const string Name = "policy";
    public const int MaxBytes = 20 * 1024;

    /// <exception cref="S3Exception">MalformedPolicy.</exception>
    public static AccessPolicy Parse(string json)
    {
        try
        {
            return AccessPolicy.Parse(json, PolicyDialect.OfBucket);
        }
        catch (PolicyFormatException e)
        {
            throw new S3Exception(S3Error.MalformedPolicy, e.Message, e);
        }
    }

    /// <exception cref="S3Exception">MalformedPolicy: a resource is not of this bucket.</exception>
    public static void CheckResources(AccessPolicy policy, string bucket)
    {
        if (policy.Resources.FirstOrDefault(resource => resource != bucket && !resource.StartsWith(bucket + "/", StringComparison.Ordinal)) is { } foreign)
        {
            throw new S3Exception(S3Error.MalformedPolicy, $"Policy has invalid resource: arn:aws:s3:::{foreign} is not of bucket {bucket}");
        }
    }
}
