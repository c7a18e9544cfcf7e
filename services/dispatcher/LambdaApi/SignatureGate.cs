using System.Security.Cryptography;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Who is asking? Every request is signed for service <c>lambda</c>, body included, or gets AWS's 403.</summary>
internal sealed class SignatureGate(SigV4Verifier verifier)
{
    /// <exception cref="LambdaException">The signature is missing or wrong.</exception>
    public Credential Admit(HttpRequest request, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var result = verifier.Verify(request, "lambda", hash);
        if (result.Failure is { } failure)
        {
            throw Refusal(failure);
        }

        // UNSIGNED-PAYLOAD and the streaming kinds are S3's alone.
        return result.PayloadSigning.Kind == PayloadSigningKind.SignedHash
            ? result.Credential!
            : throw Invalid("The body must be covered by the signature: x-amz-content-sha256 must be its SHA-256 or absent.");
    }

    private static LambdaException Refusal(SigV4Failure failure) => failure.Kind switch
    {
        SigV4FailureKind.Missing => new LambdaException(403, "MissingAuthenticationTokenException", "Missing Authentication Token"),
        SigV4FailureKind.UnknownKey or SigV4FailureKind.InvalidToken =>
            new LambdaException(403, "UnrecognizedClientException", "The security token included in the request is invalid."),
        SigV4FailureKind.Malformed or SigV4FailureKind.Unsupported or SigV4FailureKind.HeadersNotSigned =>
            new LambdaException(403, "IncompleteSignatureException", failure.Message),
        SigV4FailureKind.SignatureMismatch or SigV4FailureKind.PayloadMismatch => Invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
            + "Consult the service documentation for details."),
        _ => Invalid(failure.Message),
    };

    private static LambdaException Invalid(string message) => new(403, "InvalidSignatureException", message);
}
