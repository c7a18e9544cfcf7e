using Glue.Foundation.Signing;

namespace Glue.Dispatcher.Accounts;

/// <summary>The keys of all accounts, for the host's <see cref="ICredentialSource"/>. A lookup in memory: a key holds from the answer that made it to the one that removed it.</summary>
public interface IAccountKeys
{
    /// <returns>Null when no account has such a key.</returns>
    Credential? Find(string accessKeyId);
}
