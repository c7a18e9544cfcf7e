using System.Collections.Concurrent;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// Learns of a store's changes by listing its buckets that have rules and comparing with the time before: for stores that tell nobody (Garage,
/// SeaweedFS's S3 side) or whose owner lets nobody set what they tell (somebody else's account at AWS).
/// </summary>
internal sealed class PollSource(
    IStoreRules rules, IStoreEvents log, IObjectPages pages, IObjectLineage lineage, PollTable table, PollMetrics metrics, PollOptions options, TimeProvider time, Random random, ILogger<PollSource> logger)
    : IStoreSource, IDisposable
{
    private const int MostShown = 10;

    private readonly StoreSlots _slots = new(options);

    public StoreNotify Notify => StoreNotify.Poll;

    /// <summary>Notes since when it is polled: what changed before that is not told, or came another way.</summary>
    public Task<StoreDraft> AdmitAsync(StoreDraft draft, AttachedStore? before, CancellationToken cancellationToken) => Task.FromResult(draft with
    {
        Settings = draft.Settings with { PolledSince = before is { Notify: StoreNotify.Poll, Settings.PolledSince: { } since } ? since : time.GetUtcNow() },
    });

    public async Task RunAsync(AttachedStore store, SourceStatus status, CancellationToken cancellationToken)
    {
        var paced = new PacedStore(pages, lineage, _slots.Of(store), new StorePace(options, time));
        var loops = new Dictionary<string, (BucketNotificationConfiguration Rules, BucketLoop Loop)>(StringComparer.Ordinal);
        var views = new ConcurrentDictionary<string, PollView>(StringComparer.Ordinal);
        status.Follow(() => Look([.. views.Values]));
        try
        {
            while (true)
            {
                var (changed, wanted) = (rules.NextChange, rules.Of(store.Name));
                foreach (var (bucket, (_, loop)) in loops.Where(one => wanted.GetValueOrDefault(one.Key) != one.Value.Rules).ToList())
                {
                    await loop.DisposeAsync();
                    loops.Remove(bucket);
                    views.TryRemove(bucket, out _);
                }

                await ForgetOthersAsync(store, wanted);
                foreach (var (bucket, ruled) in wanted.Where(one => !loops.ContainsKey(one.Key)))
                {
                    var poll = new BucketPoll(store, ruled.Rules, table, paced, paced, log, metrics, options, time) { State = await StateAsync(store, bucket, ruled.Rules) };
                    loops[bucket] = (ruled, new BucketLoop(poll, IntervalOf(store), options, metrics, view => views[bucket] = view, time, random, logger));
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(loops.Values.Select(static one => one.Loop.DisposeAsync().AsTask()));
        }
    }

    public Task<string> CheckAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        var byFolder = table.Of(store.Name).Where(static bucket => bucket.IsByFolder).Select(static bucket => bucket.Bucket).ToList();
        return Task.FromResult($"every {IntervalOf(store).TotalSeconds:0} s and up to a tenth more"
            + (byFolder.Count > 0 ? $"; the store sorts by folders, and not as S3 does: {string.Join(", ", byFolder)}" : ""));
    }

    public async Task ForgetAsync(string store)
    {
        foreach (var bucket in table.Of(store))
        {
            await table.RemoveAsync(bucket);
        }
    }

    public void Dispose() => _slots.Dispose();

    /// <summary>What is wrong comes first.</summary>
    private static (string Text, bool IsWorking) Look(IReadOnlyList<PollView> views)
    {
        var shown = views.OrderBy(static view => view.Failure is null).ThenBy(static view => view.State.Bucket, StringComparer.Ordinal).Take(MostShown);
        var text = views.Count == 0 ? "no bucket has rules" : string.Join('\n', shown) + (views.Count > MostShown ? $"\nand {views.Count - MostShown} more" : "");
        return (text, views.All(static view => view.Failure is null));
    }

    private static TimeSpan IntervalOf(AttachedStore store) => store.Settings.PollInterval ?? PollOptions.DefaultInterval;

    private static DateTimeOffset SinceOf(AttachedStore store) => store.Settings.PolledSince ?? store.CreatedAt;

    /// <summary>Buckets without rules, and what is of a time before the store was polled without a break.</summary>
    private async Task ForgetOthersAsync(AttachedStore store, IReadOnlyDictionary<string, BucketNotificationConfiguration> wanted)
    {
        foreach (var known in table.Of(store.Name).Where(known => !wanted.ContainsKey(known.Bucket) || known.PolledSince != SinceOf(store)))
        {
            await table.RemoveAsync(known);
        }
    }

    /// <summary>How far the bucket is, as its rules are now.</summary>
    private async Task<PolledBucket> StateAsync(AttachedStore store, string bucket, IReadOnlyList<BucketRule> ruled)
    {
        var since = SinceOf(store);
        var known = table.Of(store.Name).FirstOrDefault(known => known.Bucket == bucket)
            ?? await table.AddAsync(new PolledBucket { Store = store.Name, Bucket = bucket, PolledSince = since });
        var state = known.With(ruled, store.Settings.PollsExisting ? null : since, time.GetUtcNow());
        if (state != known)
        {
            await table.SaveAsync(state, diff: null, []);
        }

        return state;
    }
}
