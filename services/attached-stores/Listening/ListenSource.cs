using System.Collections.Concurrent;
using System.Xml.Linq;
using Glue.AttachedStores.Api;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Listening;

/// <summary><c>--notify listen</c>: one connection for each bucket that has rules, opened and closed as the rules change.</summary>
internal sealed class ListenSource(
    IStoreRules rules, IStoreEvents events, IReconciliation reconciliation, StoreHttp http, ListenCall call, ListenPace pace, TimeProvider time, ILogger<ListenSource> logger) : IStoreSource
{
    private static readonly string[] Probed = ["s3:ObjectCreated:*"];

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public StoreNotify Notify => StoreNotify.Listen;

    /// <summary>A store that answers and does not know the call is refused; one that does not answer may yet.</summary>
    public async Task<StoreDraft> AdmitAsync(StoreDraft draft, AttachedStore? before, CancellationToken cancellationToken)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        late.CancelAfter(Patience);
        try
        {
            var store = draft.ToStore(token: "", time.GetUtcNow());
            if (await AnyBucketAsync(store, late.Token) is { } bucket)
            {
                await ProbeAsync(store, bucket, late.Token);
            }
        }
        catch (StoreException e) when (e.Status is 400 or 501)
        {
            throw new StoreRefusal(400, e.Message);
        }
        catch (Exception e) when (e is StoreException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // store list and store check say so, as for every other store whose keys are wrong or that is away.
        }

        return draft;
    }

    public async Task<string> CheckAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        var bucket = rules.Of(store.Name).Keys.Order(StringComparer.Ordinal).FirstOrDefault() ?? await AnyBucketAsync(store, cancellationToken);
        if (bucket is null)
        {
            return "it has no bucket to try it with";
        }

        await ProbeAsync(store, bucket, cancellationToken);
        return $"the store tells its events as they happen (tried with bucket {bucket})";
    }

    public async Task RunAsync(AttachedStore store, SourceStatus status, CancellationToken cancellationToken)
    {
        var buckets = new ConcurrentDictionary<string, Connection>(StringComparer.Ordinal);
        status.Follow(() => Describe(buckets));
        try
        {
            while (true)
            {
                var changed = rules.NextChange;
                await BalanceAsync(store, buckets);
                await changed.WaitAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(buckets.Values.Select(static one => one.DisposeAsync().AsTask()));
        }
    }

    public Task ForgetAsync(string store) => Task.CompletedTask; // nothing is kept

    private async Task BalanceAsync(AttachedStore store, ConcurrentDictionary<string, Connection> buckets)
    {
        var wanted = rules.Of(store.Name).ToDictionary(static one => one.Key, static one => TypesOf(one.Value), StringComparer.Ordinal);
        foreach (var (bucket, connection) in buckets)
        {
            if (!wanted.TryGetValue(bucket, out var types) || !types.SequenceEqual(connection.Types, StringComparer.Ordinal))
            {
                buckets.TryRemove(bucket, out _);
                await connection.DisposeAsync();
            }
        }

        foreach (var (bucket, types) in wanted.Where(one => !buckets.ContainsKey(one.Key)))
        {
            var gaps = new GapCloser(store, bucket, reconciliation, time, logger);
            var listener = new BucketListener(call, events, pace, time, logger);
            var run = new SourceRun($"{store.Name}/{bucket}", (status, ending) => listener.ListenAsync(store, bucket, types, gaps, status, ending), time, logger);
            buckets[bucket] = new Connection(types, run, gaps);
        }
    }

    /// <summary>Without prefix and suffix: rules of one bucket share a connection, and matching looks at those anyway.</summary>
    private static string[] TypesOf(BucketNotificationConfiguration configuration) =>
        [.. configuration.Rules.SelectMany(static rule => rule.Events).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static (string Text, bool IsWorking) Describe(ConcurrentDictionary<string, Connection> buckets)
    {
        var all = buckets.OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => (Bucket: one.Key, one.Value.Run.Status.IsWorking, one.Value.Run.Status.Text)).ToList();
        var working = all.Count(static one => one.IsWorking);
        var notes = all.Where(static one => !one.IsWorking || one.Text != BucketListener.Listening).Select(static one => $"; {one.Bucket}: {one.Text}");
        return all.Count == 0 ? ("no bucket has rules", true) : ($"listening to {working} of {all.Count} buckets{string.Concat(notes)}", working == all.Count);
    }

    private async Task<string?> AnyBucketAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        var list = await http.CallAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket: null), cancellationToken: cancellationToken);
        return list?.Descendants().Where(static one => one.Name.LocalName == "Bucket").Elements().FirstOrDefault(static one => one.Name.LocalName == "Name")?.Value;
    }

    private async Task ProbeAsync(AttachedStore store, string bucket, CancellationToken cancellationToken) =>
        (await call.OpenAsync(store, bucket, Probed, TimeSpan.FromSeconds(1), cancellationToken)).Dispose();

    private sealed record Connection(string[] Types, SourceRun Run, GapCloser Gaps) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Run.DisposeAsync();
            await Gaps.DisposeAsync();
        }
    }
}
