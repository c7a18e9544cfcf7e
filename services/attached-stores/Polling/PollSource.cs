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

    private readonly SemaphoreSlim _requestsAtOnce = new(options.RequestsAtOnce, options.RequestsAtOnce);

    public StoreNotify Notify => StoreNotify.Poll;

    /// <summary>Notes since when it is polled: what changed before that is not told, or came another way.</summary>
    public Task<StoreDraft> AdmitAsync(StoreDraft draft, AttachedStore? before, CancellationToken cancellationToken) => Task.FromResult(draft with
    {
        Settings = draft.Settings with { PolledSince = before is { Notify: StoreNotify.Poll, Settings.PolledSince: { } since } ? since : time.GetUtcNow() },
    });

    public async Task RunAsync(AttachedStore store, SourceStatus status, CancellationToken cancellationToken)
    {
        var paced = new PacedStore(pages, lineage, _requestsAtOnce, new StorePace(options, time));
        var loops = new Dictionary<string, (BucketNotificationConfiguration Rules, BucketLoop Loop)>(StringComparer.Ordinal);
        var views = new ConcurrentDictionary<string, PollView>(StringComparer.Ordinal);
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

                foreach (var state in await StatesAsync(store, wanted))
                {
                    if (!loops.ContainsKey(state.Bucket))
                    {
                        var ruled = wanted[state.Bucket];
                        var poll = new BucketPoll(store, ruled.Rules, table, paced, paced, log, metrics, options, time) { State = state };
                        loops[state.Bucket] = (ruled, new BucketLoop(poll, IntervalOf(store), options, metrics, Say, time, random, logger));
                    }
                }

                if (loops.Count == 0)
                {
                    status.Working("no bucket has rules");
                }

                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(loops.Values.Select(static one => one.Loop.DisposeAsync().AsTask()));
        }

        void Say(PollView view)
        {
            views[view.State.Bucket] = view;
            var all = views.Values.OrderBy(static one => one.Failure is null).ThenBy(static one => one.State.Bucket, StringComparer.Ordinal).ToList();
            var text = string.Join('\n', all.Take(MostShown)) + (all.Count > MostShown ? $"\nand {all.Count - MostShown} more" : "");
            if (all.Exists(static one => one.Failure is not null))
            {
                status.Failing(text);
            }
            else
            {
                status.Working(text);
            }
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

    public void Dispose() => _requestsAtOnce.Dispose();

    private static TimeSpan IntervalOf(AttachedStore store) => store.Settings.PollInterval ?? PollOptions.DefaultInterval;

    /// <summary>How far the buckets with rules are, as the rules are now; the others' is forgotten.</summary>
    private async Task<IReadOnlyList<PolledBucket>> StatesAsync(AttachedStore store, IReadOnlyDictionary<string, BucketNotificationConfiguration> wanted)
    {
        var since = store.Settings.PolledSince ?? store.CreatedAt;
        var states = new Dictionary<string, PolledBucket>(StringComparer.Ordinal);
        foreach (var known in table.Of(store.Name))
        {
            if (wanted.ContainsKey(known.Bucket) && known.PolledSince == since)
            {
                states.Add(known.Bucket, known);
            }
            else
            {
                await table.RemoveAsync(known);
            }
        }

        foreach (var (bucket, configuration) in wanted)
        {
            var state = states.GetValueOrDefault(bucket) ?? await table.AddAsync(new PolledBucket { Store = store.Name, Bucket = bucket, PolledSince = since });
            var ruled = state.With(configuration.Rules, store.Settings.PollsExisting ? null : since, time.GetUtcNow());
            if (ruled != state)
            {
                await table.SaveAsync(ruled, diff: null, []);
            }

            states[bucket] = ruled;
        }

        return [.. states.Values];
    }
}
