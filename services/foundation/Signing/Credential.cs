namespace Glue.Foundation.Signing;

/// <summary>A key pair and whom it speaks for.</summary>
/// <param name="AccessKeyId">Public half.</param>
/// <param name="SecretAccessKey">Secret half; never logged.</param>
/// <param name="AccountId">12 digits.</param>
/// <param name="PrincipalId">Shown as <c>userIdentity.principalId</c> in events.</param>
/// <param name="SessionToken">For temporary keys: must come with every request.</param>
/// <param name="IsStorageGateway">True for keys only a worker's storage gateway holds: its <c>x-glue-lineage</c> header is believed.</param>
public sealed record Credential(string AccessKeyId, string SecretAccessKey, string AccountId, string PrincipalId, string? SessionToken = null, bool IsStorageGateway = false)
{
    public override string ToString() => $"Credential {AccessKeyId} of {AccountId}"; // a record would print the secret
}
