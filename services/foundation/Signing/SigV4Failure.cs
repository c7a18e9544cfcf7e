namespace Glue.Foundation.Signing;

/// <summary>A request that was not believed, in words for the person who sent it.</summary>
/// <param name="Kind">What the service maps to its error code.</param>
/// <param name="Message">Complete sentence; holds no secret.</param>
public sealed record SigV4Failure(SigV4FailureKind Kind, string Message)
{
    /// <summary>The access key id as sent, when it could be read.</summary>
    public string? AccessKeyId { get; init; }

    /// <summary>For a mismatch: what this side hashed, so that the two sides can be compared line by line.</summary>
    public string? CanonicalRequest { get; init; }

    /// <summary>For a mismatch: what this side signed.</summary>
    public string? StringToSign { get; init; }

    /// <summary>For a mismatch: the signature that came with the request.</summary>
    public string? SignatureProvided { get; init; }
}
