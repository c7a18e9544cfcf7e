namespace Glue.Contracts.Storage;

/// <summary>A bucket's notification configuration: its rules. Shape of S3's PutBucketNotificationConfiguration, Lambda part.</summary>
/// <param name="Rules">Empty: the bucket notifies nobody.</param>
public sealed record BucketNotificationConfiguration(IReadOnlyList<BucketRule> Rules)
{
    public static BucketNotificationConfiguration Empty { get; } = new([]);
}
