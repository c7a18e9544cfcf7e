using System.Security.Cryptography;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Who is asking? Every request is signed for service <c>lambda</c>, body included, or gets AWS's 403.</summary>
internal sealed class SignatureGate(SigV4Verifier verifier, ICredentialSource credentials)
{
    /// <summary>Strangers may make this server hold no more than this much of a body.</summary>
    private const int StrangersBodyBytes = 64 * 1024;

    private const string CredentialField = "Credential=";

    /// <summary>
    /// Before a large body is read: does the request at least name a key that exists? The signature covers the body, so it can
    /// only be verified afterwards.
    /// </summary>
    /// <exception cref="LambdaException">It names none, or one that nobody holds.</exception>
    public void AdmitBody(HttpRequest request)
    {
        if (request.ContentLength <= StrangersBodyBytes)
        {
            return;
        }

        string header = request.Headers.Authorization.ToString();
        var start = header.IndexOf(CredentialField, StringComparison.Ordinal);
        var scope = start >= 0 ? header[(start + CredentialField.Length)..] : request.Query["X-Amz-Credential"].ToString();
        var slash = scope.IndexOf('/', StringComparison.Ordinal);
        if (slash <= 0)
        {
            throw Missing();
        }

        if (credentials.Find(scope[..slash]) is null)
        {
            throw Unrecognised();
        }
    }

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
        SigV4FailureKind.Missing => Missing(),
        SigV4FailureKind.UnknownKey or SigV4FailureKind.InvalidToken => Unrecognised(),
        SigV4FailureKind.Malformed or SigV4FailureKind.Unsupported or SigV4FailureKind.HeadersNotSigned =>
            new LambdaException(403, "IncompleteSignatureException", failure.Message),
        SigV4FailureKind.SignatureMismatch or SigV4FailureKind.PayloadMismatch => Invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
            + "Consult the service documentation for details."),
        _ => Invalid(failure.Message),
    };

    private static LambdaException Invalid(string message) => new(403, "InvalidSignatureException", message);

    private static LambdaException Missing() => new(403, "MissingAuthenticationTokenException", "Missing Authentication Token");

    private static LambdaException Unrecognised() => new(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
}
