using Glue.Foundation.Signing;

namespace Glue.Workers.Sandboxes;

/// <summary>The store's real keys, which never enter a sandbox; the storage gateway signs with them.</summary>
public interface IStorageCredentials
{
    /// <summary>Keys that speak for the account, with <see cref="Credential.IsStorageGateway"/> set.</summary>
    Credential For(string accountId);
}
