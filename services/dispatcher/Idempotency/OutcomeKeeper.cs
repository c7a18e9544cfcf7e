using System.Data.Common;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Idempotency;

/// <summary>
/// Takes the successes of synchronous invocations to disk, however long that takes, and holds their keys until then: the handler has run, and must not run
/// again because a disk was full.
/// </summary>
internal sealed class OutcomeKeeper(OutcomeStore outcomes, DispatcherOptions options, TimeProvider time, ILogger<OutcomeKeeper> logger) : IDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private int _failing;

    /// <summary>A success cannot be written at present. What would be kept should not run: there is no bound to what else had to wait here.</summary>
    public bool IsFailing => Volatile.Read(ref _failing) > 0;

    /// <summary>Durable when it returns, and <paramref name="hold"/> is let go. Whoever waits for it may leave; it goes on until the process ends.</summary>
    public async Task KeepAsync(KeptOutcome outcome, IDisposable hold)
    {
        using (hold)
        {
            try
            {
                await outcomes.KeepAsync(outcome);
            }
            catch (DbException e)
            {
                Log.OutcomeNotKept(logger, outcome.RequestId, e);
                Interlocked.Increment(ref _failing);
                try
                {
                    await RepeatAsync(outcome with { Payload = outcome.Payload.ToArray() }); // its memory may be the worker's, and the call's
                }
                finally
                {
                    Interlocked.Decrement(ref _failing);
                }
            }
        }
    }

    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task RepeatAsync(KeptOutcome outcome)
    {
        while (true)
        {
            await Task.Delay(options.FirstBackoff, time, _stop.Token);
            try
            {
                await outcomes.KeepAsync(outcome);
                return;
            }
            catch (DbException)
            {
                // Said once already.
            }
        }
    }
}
