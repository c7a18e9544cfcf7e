using Glue.Dispatcher.Queue;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Dispatch;

/// <summary>
/// Gives up events that have become too old while they waited, whether or not there is room for them: an event of an account at its limit, or of one that is
/// stopped, ends about as punctually as any other.
/// </summary>
internal sealed class AgeingLoop(
    IInvocationQueue queue, AttemptRunner runner, IEventAges ages, DispatcherOptions options, TimeProvider time, ILogger<AgeingLoop> logger) : ServiceLoop
{
    /// <summary>Between two looks at all functions that have something waiting.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    // Their events are in memory together, up to 1 MiB each; they are settled in one commit.
    private const int AtOnce = 64;

    private readonly QueuePatience _patience = new(options, time, logger);

    protected override Task RunAsync(CancellationToken stoppingToken) => LoopAsync(stoppingToken);

    /// <summary>All of it; the simulation calls it without a host.</summary>
    internal async Task LoopAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var old = await _patience.RepeatAsync(() => queue.LeaseOldAsync(AtOnce, ages, stoppingToken), stoppingToken);
            if (old.Leased.Count > 0)
            {
                var settlements = old.Leased.Select(runner.GiveUp).ToList();
                await _patience.RepeatAsync(() => queue.SettleAsync(settlements, CancellationToken.None), stoppingToken);
                foreach (var (leased, settlement) in old.Leased.Zip(settlements))
                {
                    Log.DeadLettered(logger, leased.Invocation.Id, leased.Invocation.FunctionName, leased.FunctionErrors, settlement.Reason);
                }
            }

            if (old.IsPassOver)
            {
                await Task.Delay(Pause, time, stoppingToken);
            }
        }
    }
}
