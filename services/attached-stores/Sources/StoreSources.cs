using System.Collections.Concurrent;
using Glue.AttachedStores.Stores;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Sources;

/// <summary>Keeps one source at work for each store that is attached in a way that needs one: begun when it is attached, anew when it changes, ended when it is detached.</summary>
internal sealed class StoreSources : ServiceLoop
{
    private readonly IAttachedStores _stores;
    private readonly Dictionary<StoreNotify, IStoreSource> _sources;
    private readonly TimeProvider _time;
    private readonly ILogger<StoreSources> _logger;
    private readonly ConcurrentDictionary<string, (AttachedStore Store, SourceRun Run)> _runs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1); // a detaching call and the loop must not begin and end in turns
    private volatile bool _isEnding;

    public StoreSources(IAttachedStores stores, IEnumerable<IStoreSource> sources, TimeProvider time, ILogger<StoreSources> logger)
    {
        (_stores, _time, _logger) = (stores, time, logger);
        _sources = sources.ToDictionary(static source => source.Notify);
    }

    /// <returns>Null: stores that are attached this way post to Glue.</returns>
    public IStoreSource? For(StoreNotify notify) => _sources.GetValueOrDefault(notify);

    /// <returns>Null: none is at work for the store.</returns>
    public SourceStatus? StatusOf(string store) => _runs.GetValueOrDefault(store).Run?.Status;

    /// <summary>The store was detached: nothing of it runs or is kept when this returns.</summary>
    public async Task ForgetAsync(AttachedStore store)
    {
        await BalanceAsync(CancellationToken.None);
        foreach (var source in _sources.Values) // it may have been attached another way before
        {
            await source.ForgetAsync(store.Name);
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                var changed = _stores.NextChange;
                await BalanceAsync(stoppingToken);
                await changed.WaitAsync(stoppingToken);
            }
        }
        finally
        {
            _isEnding = true;
            await BalanceAsync(CancellationToken.None);
        }
    }

    private async Task BalanceAsync(CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var wanted = _stores.All.Where(store => !_isEnding && _sources.ContainsKey(store.Notify)).ToDictionary(static store => store.Name, StringComparer.Ordinal);
            await EndAsync([.. _runs.Where(run => wanted.GetValueOrDefault(run.Key) != run.Value.Store).Select(static run => run.Key)]);
            foreach (var store in wanted.Values.Where(store => !_runs.ContainsKey(store.Name)))
            {
                var source = _sources[store.Notify];
                _runs[store.Name] = (store, new SourceRun(store.Name, (status, ending) => source.RunAsync(store, status, ending), _time, _logger));
            }
        }
        finally
        {
            _one.Release();
        }
    }

    private Task EndAsync(IReadOnlyList<string> stores) => Task.WhenAll(stores.Select(async store =>
    {
        if (_runs.TryRemove(store, out var run))
        {
            await run.Run.DisposeAsync();
        }
    }));
}
