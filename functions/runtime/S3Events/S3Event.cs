using System.Text.Json.Serialization;

namespace Glue.Functions.Runtime;

/// <summary>
/// S3's event as a function gets it. Type and member names of Amazon.Lambda.S3Events; JSON names as in the S3 User Guide, "Event message
/// structure" (read 2026-11). Keys are form-encoded there: <see cref="S3ObjectEntity.Key"/> is what the event says,
/// <see cref="S3ObjectEntity.KeyUrlDecoded"/> the object's real key.
/// </summary>
public sealed class S3Event
{
    [JsonPropertyName("Records")]
    public List<S3EventNotificationRecord> Records { get; set; } = [];

    public sealed class S3EventNotificationRecord
    {
        [JsonPropertyName("awsRegion")]
        public string AwsRegion { get; set; } = "";

        /// <summary>Without <c>s3:</c>, e.g. <c>ObjectCreated:Put</c>.</summary>
        [JsonPropertyName("eventName")]
        public string EventName { get; set; } = "";

        [JsonPropertyName("eventSource")]
        public string EventSource { get; set; } = "";

        [JsonPropertyName("eventTime")]
        public DateTime EventTime { get; set; }

        [JsonPropertyName("eventVersion")]
        public string EventVersion { get; set; } = "";

        [JsonPropertyName("requestParameters")]
        public RequestParametersEntity RequestParameters { get; set; } = new();

        [JsonPropertyName("responseElements")]
        public ResponseElementsEntity ResponseElements { get; set; } = new();

        [JsonPropertyName("s3")]
        public S3Entity S3 { get; set; } = new();

        [JsonPropertyName("userIdentity")]
        public UserIdentityEntity UserIdentity { get; set; } = new();
    }

    public sealed class S3Entity
    {
        /// <summary>The id of the bucket rule that fired.</summary>
        [JsonPropertyName("configurationId")]
        public string ConfigurationId { get; set; } = "";

        [JsonPropertyName("bucket")]
        public S3BucketEntity Bucket { get; set; } = new();

#pragma warning disable CA1720 // the member's name in Amazon.Lambda.S3Events
        [JsonPropertyName("object")]
        public S3ObjectEntity Object { get; set; } = new();
#pragma warning restore CA1720

        [JsonPropertyName("s3SchemaVersion")]
        public string S3SchemaVersion { get; set; } = "";
    }

    public sealed class S3BucketEntity
    {
        [JsonPropertyName("name")]
        public string Name { get; set; } = "";

        [JsonPropertyName("ownerIdentity")]
        public UserIdentityEntity OwnerIdentity { get; set; } = new();

        [JsonPropertyName("arn")]
        public string Arn { get; set; } = "";
    }

    public sealed class S3ObjectEntity
    {
        /// <summary>Form-encoded: a space is <c>+</c>.</summary>
        [JsonPropertyName("key")]
        public string Key { get; set; } = "";

        /// <summary>The object's real key.</summary>
        [JsonIgnore]
        public string KeyUrlDecoded => Uri.UnescapeDataString(Key.Replace('+', ' '));

        /// <summary>Bytes; 0 for deletions.</summary>
        [JsonPropertyName("size")]
        public long Size { get; set; }

        [JsonPropertyName("eTag")]
        public string ETag { get; set; } = "";

        /// <summary>Null in a bucket without versions.</summary>
        [JsonPropertyName("versionId")]
        public string? VersionId { get; set; }

        /// <summary>Hexadecimal; orders the events of one key.</summary>
        [JsonPropertyName("sequencer")]
        public string Sequencer { get; set; } = "";
    }

    public sealed class UserIdentityEntity
    {
        [JsonPropertyName("principalId")]
        public string PrincipalId { get; set; } = "";
    }

    public sealed class RequestParametersEntity
    {
        [JsonPropertyName("sourceIPAddress")]
        public string SourceIPAddress { get; set; } = "";
    }

    public sealed class ResponseElementsEntity
    {
        [JsonPropertyName("x-amz-id-2")]
        public string XAmzId2 { get; set; } = "";

        [JsonPropertyName("x-amz-request-id")]
        public string XAmzRequestId { get; set; } = "";
    }
}
