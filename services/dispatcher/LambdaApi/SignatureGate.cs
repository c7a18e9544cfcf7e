using Glue.Foundation.Signing;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Requests are signed for service <c>lambda</c>; it throws <see cref="LambdaException"/>.</summary>
internal sealed class SignatureGate(SigV4Verifier verifier, ICredentialSource credentials) : AwsSignatureGate(verifier, credentials, "lambda")
{
    protected override Exception Refuse(string type, string message) => new LambdaException(403, type, message);
}
