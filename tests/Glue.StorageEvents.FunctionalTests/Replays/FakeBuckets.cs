using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.StorageEvents.Replays;

namespace Glue.StorageEvents.FunctionalTests.Replays;

/// <summary>A store's buckets and a ledger, as a test says they are.</summary>
internal sealed class FakeBuckets : IBucketListing, IDeliveries
{
    /// <summary>In any order.</summary>
    public List<ObjectChange> Objects { get; } = [];

    public HashSet<string> Delivered { get; } = new(StringComparer.Ordinal);

    /// <summary>Buckets whose names begin so cannot be listed; null: all can.</summary>
    public string? Away { get; set; }

    public DateTimeOffset RememberedSince { get; set; } = DateTimeOffset.MinValue;

    public Task<long?> CountAsync(string bucket, string prefix, CancellationToken cancellationToken) => IsAway(bucket)
        ? Task.FromException<long?>(new HttpRequestException("The store is away."))
        : Task.FromResult<long?>(Under(bucket, prefix).Count());

    public Task<IReadOnlyList<ObjectChange>> ReadAsync(string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken) => IsAway(bucket)
        ? Task.FromException<IReadOnlyList<ObjectChange>>(new HttpRequestException("The store is away."))
        : Task.FromResult<IReadOnlyList<ObjectChange>>(
            [.. Under(bucket, prefix).Where(found => after is null || string.CompareOrdinal(found.Key, after) > 0).Take(maxKeys)]);

    public bool Has(Invocation invocation, DateTimeOffset modifiedAt) => Delivered.Contains(invocation.Source.ObjectKey!);

    private bool IsAway(string bucket) => Away is { } away && bucket.StartsWith(away, StringComparison.Ordinal);

    private IEnumerable<ObjectChange> Under(string bucket, string prefix) => Objects
        .Where(found => found.Bucket == bucket && found.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(static found => found.Key, StringComparer.Ordinal);
}
