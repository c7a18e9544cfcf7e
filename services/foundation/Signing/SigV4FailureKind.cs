namespace Glue.Foundation.Signing;

/// <summary>Why a request was not believed. Each service turns these into its own protocol's error codes.</summary>
public enum SigV4FailureKind
{
    /// <summary>No signature at all: an anonymous request.</summary>
    Missing,

    /// <summary>A signature is there but its parts cannot be read, or one is missing.</summary>
    Malformed,

    /// <summary>Signed by another scheme than AWS4-HMAC-SHA256.</summary>
    Unsupported,

    /// <summary>Nobody holds this access key id.</summary>
    UnknownKey,

    /// <summary>The session token is missing, or is not the one of this key.</summary>
    InvalidToken,

    /// <summary>A header that could change the meaning of the request is outside the signature.</summary>
    HeadersNotSigned,

    /// <summary>The secret, or something on the way, changed what was signed.</summary>
    SignatureMismatch,

    /// <summary>The body is not the one whose hash was signed.</summary>
    PayloadMismatch,

    /// <summary>A presigned URL outside its time.</summary>
    Expired,

    /// <summary>The clocks of client and server differ by more than 15 minutes.</summary>
    Skewed,
}
