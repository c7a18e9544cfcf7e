namespace Glue.StorageEvents.S3Events;

/// <summary>A bucket's Amazon Resource Name.</summary>
internal static class BucketArn
{
    public static string Of(string bucket) => "arn:aws:s3:::" + bucket;
}
