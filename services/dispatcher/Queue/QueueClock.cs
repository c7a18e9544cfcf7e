namespace Glue.Dispatcher.Queue;

/// <summary>Reads both clocks of a queue (<see cref="QueueTime"/>).</summary>
internal sealed class QueueClock(TimeProvider time)
{
    private readonly long _opened = time.GetTimestamp();

    public TimeProvider Provider => time;

    public QueueTime Now => new(WallMs, TickMs);

    public long WallMs => time.GetUtcNow().ToUnixTimeMilliseconds();

    public long TickMs => (long)time.GetElapsedTime(_opened).TotalMilliseconds;
}
