namespace Glue.Functions.Storage;

/// <summary>The store refused. <see cref="Code"/> is S3's error code, the thing to decide on.</summary>
public sealed class StorageException(int status, string code, string reason, string operation, string bucket, string key, string? requestId)
    : Exception($"{operation} {bucket}/{key}: {code} ({status}): {reason}")
{
    /// <summary>HTTP status.</summary>
    public int Status { get; } = status;

    /// <summary>As in S3's error XML: <c>NoSuchKey</c>, <c>AccessDenied</c>, <c>SlowDown</c>, …; <c>NotFound</c> and <c>Forbidden</c> for HEAD, whose answers have no body.</summary>
    public string Code { get; } = code;

    public string Bucket { get; } = bucket;

    public string Key { get; } = key;

    /// <summary>The store's <c>x-amz-request-id</c>, to find it in the store's log.</summary>
    public string? RequestId { get; } = requestId;
}
