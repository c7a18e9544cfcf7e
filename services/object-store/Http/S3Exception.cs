namespace Glue.ObjectStore.Http;

/// <summary>Ends a request with an error of S3. Becomes its XML (all operations).</summary>
internal sealed class S3Exception : Exception
{
    public S3Exception(S3Error error, string? message = null, Exception? inner = null)
        : base(message ?? error.Message, inner) => Error = error;

    public S3Error Error { get; }

    /// <summary>Elements beside Code and Message, such as <c>BucketName</c> or <c>StringToSign</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> Details { get; init; } = [];
}
