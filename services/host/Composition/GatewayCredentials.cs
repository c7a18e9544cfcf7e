using Glue.Foundation.Signing;
using Glue.Host.Accounts;
using Glue.Workers.Sandboxes;

namespace Glue.Host.Composition;

/// <summary>The keys with which the storage gateway signs on a function's behalf.</summary>
internal sealed class GatewayCredentials(InstallationCredentials credentials) : IStorageCredentials
{
    public Credential For(string accountId) => credentials.GatewayOf(accountId);
}
