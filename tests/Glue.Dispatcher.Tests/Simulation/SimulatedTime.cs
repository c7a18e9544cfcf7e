namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>Virtual time: what is to happen, in order, without waiting, and after each of it what lives have to go on with. One thread for all.</summary>
internal sealed class SimulatedTime
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long AtMs, long Number)> _events = new();
    private readonly Queue<Action> _continuations = new();
    private long _number;

    public long NowMs { get; private set; }

    /// <summary>How far somebody has set the wall clock.</summary>
    public long WallOffsetMs { get; set; }

    public DateTimeOffset UtcNow => Start.AddMilliseconds(NowMs + WallOffsetMs);

    public void In(long milliseconds, Action action) => _events.Enqueue(action, (NowMs + milliseconds, _number++));

    /// <summary>Has anybody anything to go on with?</summary>
    public bool HasContinuations => _continuations.Count > 0;

    /// <summary>At once, behind what was said so before.</summary>
    public void Continue(Action continuation) => _continuations.Enqueue(continuation);

    /// <returns>False: nothing is left to happen.</returns>
    public bool Step()
    {
        if (!_events.TryDequeue(out var action, out var when))
        {
            return false;
        }

        NowMs = when.AtMs;
        action();
        while (_continuations.TryDequeue(out var continuation))
        {
            continuation();
        }

        return true;
    }
}
