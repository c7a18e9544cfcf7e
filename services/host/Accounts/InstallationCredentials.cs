using System.Collections.Concurrent;
using System.Security.Cryptography;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Signing;

namespace Glue.Host.Accounts;

/// <summary>
/// The keys this process honours: the installation's first, those of all accounts, and one pair per account that only the workers'
/// storage gateway holds. The gateway's pairs are random, live in memory and die with the process.
/// </summary>
internal sealed class InstallationCredentials(Credential root, IAccountKeys accounts) : ICredentialSource
{
    private readonly ConcurrentDictionary<string, Credential> _byKey = new(StringComparer.Ordinal) { [root.AccessKeyId] = root };
    private readonly ConcurrentDictionary<string, Credential> _gatewayByAccount = new(StringComparer.Ordinal);

    public Credential Root { get; } = root;

    public Credential? Find(string accessKeyId) => _byKey.GetValueOrDefault(accessKeyId) ?? accounts.Find(accessKeyId);

    public Credential GatewayOf(string accountId) => _gatewayByAccount.GetOrAdd(accountId, account =>
    {
        var credential = new Credential(
            "GATEWAY" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 13),
            RandomNumberGenerator.GetHexString(40),
            account,
            "glue:storage-gateway",
            IsStorageGateway: true);
        _byKey[credential.AccessKeyId] = credential;
        return credential;
    });
}
