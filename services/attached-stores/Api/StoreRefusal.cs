using Glue.Foundation.Signing;

namespace Glue.AttachedStores.Api;

/// <summary>A request of <c>/glue/v1/stores</c> that is not done, and why.</summary>
internal sealed class StoreRefusal(int status, string message) : Exception(message)
{
    public int Status { get; } = status;
}

/// <summary>Signed as the Lambda API is.</summary>
internal sealed class StoresGate(SigV4Verifier verifier, ICredentialSource credentials) : AwsSignatureGate(verifier, credentials, "lambda")
{
    protected override Exception Refuse(string type, string message) => new StoreRefusal(403, $"{type}: {message}");
}
