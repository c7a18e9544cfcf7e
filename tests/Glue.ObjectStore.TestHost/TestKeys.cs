using Glue.Foundation.Signing;

namespace Glue.ObjectStore.TestHost;

/// <summary>Two accounts, and the first one's storage gateway.</summary>
public sealed class TestKeys : ICredentialSource
{
    public static readonly Credential Owner = new("GLUETESTOWNER", "owner-secret/+=", "000000000000", "owner");
    public static readonly Credential Stranger = new("GLUETESTSTRANGER", "stranger-secret", "111111111111", "stranger");
    public static readonly Credential Gateway = new("GLUETESTGATEWAY", "gateway-secret", "000000000000", "gateway", IsStorageGateway: true);
    public static readonly Credential Temporary = new("GLUETESTTEMPORARY", "temporary-secret", "000000000000", "temporary", SessionToken: "token/with+signs=");

    private static readonly Dictionary<string, Credential> All =
        new[] { Owner, Stranger, Gateway, Temporary }.ToDictionary(static credential => credential.AccessKeyId, StringComparer.Ordinal);

    public Credential? Find(string accessKeyId) => All.GetValueOrDefault(accessKeyId);
}
