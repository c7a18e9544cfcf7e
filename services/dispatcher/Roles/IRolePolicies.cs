using Glue.Foundation.Policies;

namespace Glue.Dispatcher.Roles;

/// <summary>What the accounts' roles may do.</summary>
public interface IRolePolicies
{
    /// <summary>Asked with every storage request: answers from memory, with what holds at this moment.</summary>
    /// <param name="accountId">The function's: roles of another account are never looked at.</param>
    /// <param name="roleArn">The function's Role; what is behind its last slash is the role's name.</param>
    /// <returns>Null: there is no policy of that name.</returns>
    AccessPolicy? Find(string accountId, string roleArn);
}
