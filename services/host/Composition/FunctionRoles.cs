using Glue.Contracts.Functions;
using Glue.Dispatcher.Roles;
using Glue.Foundation.Policies;
using Glue.Workers.Sandboxes;

namespace Glue.Host.Composition;

/// <summary>What a function may do with storage: what the policy of its role says.</summary>
internal sealed class FunctionRoles(IRolePolicies roles) : IStoragePolicies
{
    public AccessPolicy? Of(FunctionVersion version) => roles.Find(version.AccountId, version.Role);
}
