using Glue.Dispatcher.Accounts;
using Glue.ObjectStore.Buckets;

namespace Glue.Host.Composition;

/// <summary>An account with a bucket in the embedded store is not removed.</summary>
internal sealed class OwnedBuckets(IBucketOwners buckets) : IAccountPossessions
{
    public IEnumerable<string> Of(string accountId) => buckets.NamesOf(accountId).Select(static name => $"bucket {name}");
}
