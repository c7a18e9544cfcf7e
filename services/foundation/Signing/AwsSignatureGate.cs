using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Glue.Foundation.Signing;

/// <summary>Who is asking an AWS API of the JSON or REST kind? Every request is signed for its service, body included, or gets AWS's 403.</summary>
/// <param name="verifier">Verifies.</param>
/// <param name="credentials">Who there is.</param>
/// <param name="service">The service's name in the scope of its signatures.</param>
public abstract class AwsSignatureGate(SigV4Verifier verifier, ICredentialSource credentials, string service)
{
    /// <summary>Strangers may make this server hold no more than this much of a body.</summary>
    private const int StrangersBodyBytes = 64 * 1024;

    private const string CredentialField = "Credential=";

    /// <summary>
    /// Before a large body is read: does the request at least name a key that exists? The signature covers the body, so it can
    /// only be verified afterwards. Throws when it names none, or one that nobody holds.
    /// </summary>
    public void AdmitBody(HttpRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.ContentLength <= StrangersBodyBytes)
        {
            return;
        }

        var header = request.Headers.Authorization.ToString();
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

    /// <summary>Throws when the signature is missing or wrong.</summary>
    public Credential Admit(HttpRequest request, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var result = verifier.Verify(request, service, hash);
        if (result.Failure is { } failure)
        {
            throw Refusal(failure);
        }

        // UNSIGNED-PAYLOAD and the streaming kinds are S3's alone.
        return result.PayloadSigning.Kind == PayloadSigningKind.SignedHash
            ? result.Credential!
            : throw Invalid("The body must be covered by the signature: x-amz-content-sha256 must be its SHA-256 or absent.");
    }

    /// <summary>The service's own exception for a 403, of AWS's error type and a message.</summary>
    protected abstract Exception Refuse(string type, string message);

    private Exception Refusal(SigV4Failure failure) => failure.Kind switch
    {
        SigV4FailureKind.Missing => Missing(),
        SigV4FailureKind.UnknownKey or SigV4FailureKind.InvalidToken => Unrecognised(),
        SigV4FailureKind.Malformed or SigV4FailureKind.Unsupported or SigV4FailureKind.HeadersNotSigned => Refuse("IncompleteSignatureException", failure.Message),
        SigV4FailureKind.SignatureMismatch or SigV4FailureKind.PayloadMismatch => Invalid(
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. "
            + "Consult the service documentation for details."),
        _ => Invalid(failure.Message),
    };

    private Exception Invalid(string message) => Refuse("InvalidSignatureException", message);

    private Exception Missing() => Refuse("MissingAuthenticationTokenException", "Missing Authentication Token");

    private Exception Unrecognised() => Refuse("UnrecognizedClientException", "The security token included in the request is invalid.");
}
