using System.Collections.Concurrent;
using System.Data.Common;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Dispatch;

/// <summary>
/// Serves the invocation queue: leases what is due while there are free places, runs it, settles it. A run that is over gives its place to the
/// next one while its settlement is written, so places do not wait for the disk; how many may be unsettled beyond the places is bounded, so that a
/// crash repeats few runs and a full disk stops the service.
/// </summary>
internal sealed class DispatchLoop(
    IInvocationQueue queue,
    AttemptRunner runner,
    DispatcherOptions options,
    TimeProvider time,
    ILogger<DispatchLoop> logger) : ServiceLoop
{
    private const int MaxSettling = 1024;

    // An outcome larger than this keeps its place until it is on disk: what waits to be written stays small.
    private const int MaxSettlingBytes = 64 * 1024;

    private readonly FreePlaces _free = new(options.MaxAsyncInvocations, options.MaxAsyncInvocations + MaxSettling);
    private readonly QueuePatience _patience = new(options, time, logger);
    private readonly ConcurrentDictionary<Lease, Task> _running = new();
    private readonly TaskCompletionSource _died = new(TaskCreationOptions.RunContinuationsAsynchronously);

    protected override Task RunAsync(CancellationToken stoppingToken) => LoopAsync(stoppingToken);

    /// <summary>All of it; the simulation calls it without a host.</summary>
    internal async Task LoopAsync(CancellationToken stoppingToken)
    {
        // The embedded queue has this one consumer: whatever is leased was leased by its former life.
        var left = await queue.ReleaseAllAsync(stoppingToken);
        Log.DispatchStarted(logger, options.MaxAsyncInvocations, left);

        using var abandon = new CancellationTokenSource();
        using var renewStop = new CancellationTokenSource();
        var renewing = RenewAsync(renewStop.Token);
        try
        {
            var serving = ServeAsync(abandon.Token, stoppingToken);

            // A defect in any of them ends the loop, and with it the process.
            await await Task.WhenAny(serving, renewing, _died.Task);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The expected way out; only then is there time for good manners.
            await DrainAsync(abandon);
        }
        finally
        {
            await renewStop.CancelAsync();
            await renewing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // it failed above, or it was cancelled here
        }
    }

    private async Task ServeAsync(CancellationToken abandonToken, CancellationToken stoppingToken)
    {
        while (true)
        {
            var places = await _free.TakeAsync(stoppingToken);
            var leased = await _patience.RepeatAsync(() => queue.LeaseDueAsync(places, options.LeaseTime, CancellationToken.None), stoppingToken);
            if (leased.Count < places)
            {
                _free.GiveBack(places - leased.Count, places - leased.Count);
            }

            foreach (var invocation in leased)
            {
                Start(invocation, abandonToken);
            }

            if (leased.Count < places)
            {
                await queue.WaitForDueAsync(stoppingToken);
            }
        }
    }

    private void Start(LeasedInvocation leased, CancellationToken abandonToken)
    {
        // Added before it can end: its own removal must find it.
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[leased.Lease] = RunOneAsync(leased, gate.Task, abandonToken);
        gate.SetResult();
    }

    private async Task RunOneAsync(LeasedInvocation leased, Task gate, CancellationToken abandonToken)
    {
        await gate;
        var heldPlaces = 1;
        IDisposable? held = null;
        try
        {
            var settlement = await runner.RunAsync(leased, abandonToken);
            held = settlement.Holds;
            var settled = _patience.RepeatAsync(() => queue.SettleAsync([settlement], CancellationToken.None), abandonToken);
            if (settlement.Attempt is not { Outcome.Payload.Length: > MaxSettlingBytes })
            {
                _free.GiveBack(places: 1, slots: 0);
                heldPlaces = 0;
            }

            // Its place stays taken while the disk is full, so nothing new is started meanwhile.
            if (await settled == 0)
            {
                Log.LeaseLost(logger, leased.Invocation.Id, leased.Invocation.FunctionName);
            }
            else
            {
                Report(leased, settlement);
            }
        }
        catch (OperationCanceledException) when (abandonToken.IsCancellationRequested)
        {
            await ReleaseAsync(leased);
        }
        catch (Exception e)
        {
            _died.TrySetException(e);
        }
        finally
        {
            held?.Dispose();
            _running.TryRemove(leased.Lease, out _);
            _free.GiveBack(heldPlaces, slots: 1);
        }
    }

    private async Task ReleaseAsync(LeasedInvocation leased)
    {
        try
        {
            await queue.SettleAsync([Settlement.Release(leased.Lease)], CancellationToken.None);
        }
        catch (DbException e)
        {
            Log.QueueFailed(logger, e); // the next start gives every lease back
        }
    }

    private async Task RenewAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(options.LeaseTime / 3, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                if (!_running.IsEmpty)
                {
                    await _patience.RepeatAsync(() => queue.RenewAsync([.. _running.Keys], options.LeaseTime, stop), stop);
                }
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to.
        }
    }

    /// <summary>Lets what runs finish for a while, then gives the rest back to the queue for the next life.</summary>
    private async Task DrainAsync(CancellationTokenSource abandon)
    {
        var running = Task.WhenAll(_running.Values);
        try
        {
            await running.WaitAsync(options.DrainTimeout, time, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            Log.DrainTimedOut(logger, _running.Count, options.DrainTimeout);
            await abandon.CancelAsync();
            await Task.WhenAll(_running.Values);
        }

        Log.DispatchStopped(logger);
    }

    private void Report(LeasedInvocation leased, Settlement settlement)
    {
        var invocation = leased.Invocation;
        switch (settlement.Kind)
        {
            case SettlementKind.DeadLetter:
                Log.DeadLettered(logger, invocation.Id, invocation.FunctionName, leased.FunctionErrors + (settlement.Attempt is null ? 0 : 1), settlement.Reason);
                break;
            case SettlementKind.Retry:
                Log.WillRetry(logger, invocation.Id, invocation.FunctionName, settlement.DueAt);
                break;
            case SettlementKind.Postpone:
                Log.Postponed(logger, invocation.Id, invocation.FunctionName, settlement.DueAt, settlement.Reason);
                break;
            default:
                Log.Settled(logger, invocation.Id, invocation.FunctionName);
                break;
        }
    }
}
