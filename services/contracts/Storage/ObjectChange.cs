namespace Glue.Contracts.Storage;

/// <summary>One change of an object, as a store reports it, before it becomes S3 event JSON.</summary>
public sealed record ObjectChange
{
    /// <summary>Without <c>s3:</c>, e.g. <c>ObjectCreated:Put</c>, <c>ObjectRemoved:Delete</c> (S3 User Guide, event types).</summary>
    public required string EventName { get; init; }

    public required DateTimeOffset Time { get; init; }

    public required string Bucket { get; init; }

    /// <summary>The attached store that the bucket lies in; null: the embedded one.</summary>
    public string? Store { get; init; }

    /// <summary>The bucket and its store.</summary>
    public BucketAddress Address => new(Store, Bucket);

    /// <summary>The account that owns the bucket, 12 digits.</summary>
    public required string BucketOwner { get; init; }

    /// <summary>The raw key, not encoded.</summary>
    public required string Key { get; init; }

    /// <summary>Bytes; null for deletions.</summary>
    public long? Size { get; init; }

    /// <summary>Without quotes; null for deletions.</summary>
    public string? ETag { get; init; }

    public string? VersionId { get; init; }

    /// <summary>Hexadecimal; of two events of one key the later has the greater when compared as padded text.</summary>
    public required string Sequencer { get; init; }

    /// <summary>Who did it: AWS's <c>userIdentity.principalId</c>.</summary>
    public required string PrincipalId { get; init; }

    public required string SourceIpAddress { get; init; }

    /// <summary>The request's <c>x-amz-request-id</c>.</summary>
    public required string RequestId { get; init; }

    /// <summary>The request's <c>x-amz-id-2</c>.</summary>
    public required string HostId { get; init; }

    /// <summary>Depth of the chain of causes the writer was in (header <c>x-glue-lineage</c>, set by the storage gateway only); 0 for people and other programs.</summary>
    public int LineageDepth { get; init; }

    /// <summary>The object's user metadata by header name (<c>x-amz-meta-…</c>); null when there is none, or the store does not tell.</summary>
    public IReadOnlyDictionary<string, string>? UserMetadata { get; init; }
}
