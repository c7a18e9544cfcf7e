using Glue.Contracts.Functions;
using Glue.Foundation.Policies;

namespace Glue.Workers.Sandboxes;

/// <summary>What functions may do with storage. Asked with every request, so that a change holds at once.</summary>
public interface IStoragePolicies
{
    /// <returns>Null: whatever its account may.</returns>
    AccessPolicy? Of(FunctionVersion version);
}
