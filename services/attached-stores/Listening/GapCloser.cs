using System.Threading.Channels;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Listening;

/// <summary>
/// A store that is listened to keeps nothing for a listener that is away. After each gap the bucket is reconciled: once what happened in the gap is old
/// enough for it. It outlives connections, so that one that never lasts does not put the reconciliation off for ever; gaps that come meanwhile share the next one.
/// </summary>
internal sealed class GapCloser : IAsyncDisposable
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(5);

    private readonly AttachedStore _store;
    private readonly BucketAddress _bucket;
    private readonly IReconciliation _reconciliation;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Channel<bool> _gaps = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    public GapCloser(AttachedStore store, string bucket, IReconciliation reconciliation, TimeProvider time, ILogger logger)
    {
        (_store, _bucket, _reconciliation, _time, _logger) = (store, new BucketAddress(store.Name, bucket), reconciliation, time, logger);
        _running = Task.Run(RunAsync);
    }

    /// <summary>Up to now something may have been missed.</summary>
    public void Note() => _gaps.Writer.TryWrite(true);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var _ in _gaps.Reader.ReadAllAsync(_stop.Token))
            {
                await Task.Delay(_reconciliation.Settle, _time, _stop.Token);
                while (!await TryOrderAsync())
                {
                    await Task.Delay(Again, _time, _stop.Token);
                }

                Log.GapReconciled(_logger, _store.Name, _bucket.Bucket);
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The bucket is not listened to any more; who listens to it again notes a gap first.
        }
    }

    private async Task<bool> TryOrderAsync()
    {
        try
        {
            return await _reconciliation.OrderAsync(_store.AccountId, _bucket, _stop.Token);
        }
        catch (Exception e) when (e is not OperationCanceledException || !_stop.IsCancellationRequested)
        {
            Log.GapNotReconciled(_logger, _store.Name, _bucket.Bucket, e); // a full disk, most likely
            return false;
        }
    }
}
