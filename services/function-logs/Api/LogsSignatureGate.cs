using System.Security.Cryptography;
using Glue.Foundation.Signing;
using Microsoft.AspNetCore.Http;

namespace Glue.FunctionLogs.Api;

/// <summary>Who is asking? Every request is signed for service <c>logs</c>, body included, or gets AWS's 403.</summary>
internal sealed class LogsSignatureGate(SigV4Verifier verifier, ICredentialSource credentials)
{
    private const string CredentialField = "Credential=";

    /// <summary>
    /// Before a body is read into memory: does the request at least name a key that exists? The signature covers the body, so it can only be
    /// verified afterwards.
    /// </summary>
    /// <exception cref="LogsException">It names none, or one that nobody holds.</exception>
    public void AdmitBody(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        var start = header.IndexOf(CredentialField, StringComparison.Ordinal);
        var scope = start >= 0 ? header[(start + CredentialField.Length)..] : "";
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

    /// <exception cref="LogsException">The signature is missing or wrong.</exception>
    public Credential Admit(HttpRequest request, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        var result = verifier.Verify(request, "logs", hash);
        if (result.Failure is { } failure)
        {
            throw failure.Kind switch
            {
                SigV4FailureKind.Missing => Missing(),
                SigV4FailureKind.UnknownKey or SigV4FailureKind.InvalidToken => Unrecognised(),
                SigV4FailureKind.Malformed or SigV4FailureKind.Unsupported or SigV4FailureKind.HeadersNotSigned =>
                    new LogsException(403, "IncompleteSignatureException", failure.Message),
                _ => new LogsException(403, "InvalidSignatureException", failure.Message),
            };
        }

        // UNSIGNED-PAYLOAD and the streaming kinds are S3's alone.
        return result.PayloadSigning.Kind == PayloadSigningKind.SignedHash
            ? result.Credential!
            : throw new LogsException(403, "InvalidSignatureException", "The body must be covered by the signature: x-amz-content-sha256 must be its SHA-256 or absent.");
    }

    private static LogsException Missing() => new(403, "MissingAuthenticationTokenException", "Missing Authentication Token");

    private static LogsException Unrecognised() => new(403, "UnrecognizedClientException", "The security token included in the request is invalid.");
}
