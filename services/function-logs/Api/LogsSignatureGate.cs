using Glue.Foundation.Signing;

namespace Glue.FunctionLogs.Api;

/// <summary>Requests are signed for service <c>logs</c>; it throws <see cref="LogsException"/>.</summary>
internal sealed class LogsSignatureGate(SigV4Verifier verifier, ICredentialSource credentials) : AwsSignatureGate(verifier, credentials, "logs")
{
    protected override Exception Refuse(string type, string message) => new LogsException(403, type, message);
}
