namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>Virtual time: what is to happen, in order, without waiting. The wall clock can be set apart from it.</summary>
internal sealed class SimulatedTime : TimeProvider
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly PriorityQueue<Action, (long AtMs, long Number)> _events = new();
    private long _number;

    public long NowMs { get; private set; }

    /// <summary>How far somebody has set the wall clock.</summary>
    public long WallOffsetMs { get; set; }

    public override long TimestampFrequency => 1000;

    public override long GetTimestamp() => NowMs;

    public override DateTimeOffset GetUtcNow() => Start.AddMilliseconds(NowMs + WallOffsetMs);

    public void In(long milliseconds, Action action) => _events.Enqueue(action, (NowMs + milliseconds, _number++));

    /// <returns>False: nothing is left to happen.</returns>
    public bool Step()
    {
        if (!_events.TryDequeue(out var action, out var when))
        {
            return false;
        }

        NowMs = when.AtMs;
        action();
        return true;
    }
}
