using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Stores;

/// <summary>Delivers what a bucket's listing shows and nobody was told of.</summary>
public interface IReconciliation
{
    /// <summary>Younger objects are left out: their events may be under way.</summary>
    TimeSpan Settle { get; }

    /// <summary>Has the bucket reconciled, at the rate that reconciliations have. Durable when it returns.</summary>
    /// <returns>False: not now (one of the bucket is at work, or many are).</returns>
    Task<bool> OrderAsync(string accountId, BucketAddress bucket, CancellationToken cancellationToken);
}
