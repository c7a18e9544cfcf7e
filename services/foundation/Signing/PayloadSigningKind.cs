namespace Glue.Foundation.Signing;

/// <summary>How the signature covers the body: the meaning of the header <c>x-amz-content-sha256</c>.</summary>
public enum PayloadSigningKind
{
    /// <summary><c>UNSIGNED-PAYLOAD</c>: not at all.</summary>
    Unsigned,

    /// <summary>A SHA-256 of the whole body.</summary>
    SignedHash,

    /// <summary><c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD</c>: aws-chunked, each chunk signed.</summary>
    StreamingSigned,

    /// <summary><c>STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER</c>: the same, and signed trailing headers.</summary>
    StreamingSignedTrailer,

    /// <summary><c>STREAMING-UNSIGNED-PAYLOAD-TRAILER</c>: aws-chunked without signatures, with trailing headers.</summary>
    StreamingUnsignedTrailer,
}
