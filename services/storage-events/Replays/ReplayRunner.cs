using Glue.Contracts.Invocations;
using Glue.Foundation.Hosting;
using Glue.StorageEvents.Intake;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.Replays;

/// <summary>
/// Runs replays, each at its rate: those of a few accounts at once, one of each, and when more wait they take turns. A step is: read, match with the rules of now, enqueue, and only then
/// keep the place; a crash repeats a step, and its invocations have the same ids. A full disk or queue of Glue's is waited out; a source that fails, such
/// as an attached store that is away, ends the turn, and holds up nobody else's replays until it is tried again.
/// </summary>
internal sealed class ReplayRunner(
    ReplayStore store, ReplayWaits waits, ReplaySources sources, IInvocationIntake intake, StorageEventsOptions options, TimeProvider time,
    IntakeMetrics metrics, ILogger<ReplayRunner> logger) : ServiceLoop
{
    // A tenth of a second's worth: even enough, and few enough steps.
    private const int StepsPerSecond = 10;
    private const int MaxStep = 500;

    // Accounts: each has a reader of its own.
    private const int AtOnce = 4;

    private readonly PatientWriter _patient = new(options, time, metrics, logger);

    /// <summary>Is there a replay to be run that has no turn? Then turns end.</summary>
    private volatile bool _isSomebodyWaiting;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var turns = new ReplayTurns();
        var served = new List<(Task Turn, Replay Replay)>();
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
        try
        {
            while (true)
            {
                var started = store.Started;
                var (ready, next) = waits.Ready(store.Running());
                while (served.Count < AtOnce && turns.Begin(ready) is { } replay)
                {
                    served.Add((TurnAsync(replay, ending.Token), replay));
                }

                _isSomebodyWaiting = ready.Count > served.Count;
                using (var awake = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken))
                {
                    var tryAgain = Task.Delay(next ?? Timeout.InfiniteTimeSpan, time, awake.Token);
                    await Task.WhenAny([started, tryAgain, .. served.Select(static one => one.Turn)]);
                    await awake.CancelAsync();
                }

                stoppingToken.ThrowIfCancellationRequested();
                foreach (var ended in served.Where(static one => one.Turn.IsCompleted).ToList())
                {
                    await ended.Turn;
                    served.Remove(ended);
                    turns.End(ended.Replay, store.Running());
                }
            }
        }
        finally
        {
            await ending.CancelAsync();
            await Task.WhenAll(served.Select(static one => one.Turn)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // one of them threw above, or they were told to end
        }
    }

    /// <summary>One turn: to its end, until its source fails, or for <see cref="StorageEventsOptions.ReplayTurn"/> when others wait.</summary>
    private async Task TurnAsync(Replay replay, CancellationToken stoppingToken)
    {
        try
        {
            await ServeAsync(replay, stoppingToken);
        }
        catch (ReplaySourceException e)
        {
            metrics.Refused();
            if (waits.Failed(replay.Id, e.Message))
            {
                Log.ReplayWaits(logger, replay.Id, e.InnerException!); // once, not at every try: it may take days until a store is back
            }
        }
    }

    private async Task ServeAsync(Replay replay, CancellationToken stoppingToken)
    {
        var turnBegan = time.GetTimestamp();
        await using var source = sources.Open(replay);
        if (!replay.HasBegun && replay.Stretches is null)
        {
            Log.ReplayRuns(logger, replay.Id, replay.From, replay.To);
            replay = (await FromSourceAsync(replay, () => source.BeginAsync(replay, stoppingToken), stoppingToken)) with { HasBegun = true };
        }

        var most = Math.Clamp(replay.Rate / StepsPerSecond, 1, MaxStep);
        while (IReplaySource.HasMore(replay))
        {
            var began = time.GetTimestamp();
            var step = await FromSourceAsync(replay, () => source.ReadAsync(replay, most, stoppingToken), stoppingToken);
            replay = step.Next with { Records = replay.Records + step.Records };
            if (step.Records > 0)
            {
                replay = await EnqueueAsync(replay, step.Invocations, stoppingToken);
            }

            if (!await KeepAsync(replay, isDone: false, stoppingToken))
            {
                return; // stopped by its user
            }

            if (_isSomebodyWaiting && time.GetElapsedTime(turnBegan) >= options.ReplayTurn && IReplaySource.HasMore(replay))
            {
                return;
            }

            var pause = TimeSpan.FromSeconds((double)step.Records / replay.Rate) - time.GetElapsedTime(began);
            if (pause > TimeSpan.Zero)
            {
                await Task.Delay(pause, time, stoppingToken);
            }
        }

        if (await KeepAsync(replay, isDone: true, stoppingToken))
        {
            Log.ReplayDone(logger, replay.Id, replay.Records, replay.Enqueued);
        }
    }

    private async Task<T> FromSourceAsync<T>(Replay replay, Func<Task<T>> read, CancellationToken stoppingToken)
    {
        try
        {
            var found = await read();
            waits.Worked(replay.Id);
            return found;
        }
        catch (Exception e) when (!stoppingToken.IsCancellationRequested)
        {
            throw new ReplaySourceException(e);
        }
    }

    private async Task<Replay> EnqueueAsync(Replay replay, List<Invocation> invocations, CancellationToken stoppingToken)
    {
        var added = 0;
        if (invocations.Count > 0 && !replay.IsDryRun)
        {
            var batch = replay.IsAgain ? invocations.ConvertAll(known => known with { Id = InvocationId.Again(known.Id, replay.Id) }) : invocations;
            added = await _patient.WriteAsync("the invocation queue", () => intake.EnqueueAsync(batch, stoppingToken), stoppingToken);
        }

        return replay with { Matched = replay.Matched + invocations.Count, Enqueued = replay.Enqueued + added };
    }

    private Task<bool> KeepAsync(Replay replay, bool isDone, CancellationToken stoppingToken) =>
        _patient.WriteAsync("the replay's place", () => store.StepAsync(replay, isDone, stoppingToken), stoppingToken);
}
