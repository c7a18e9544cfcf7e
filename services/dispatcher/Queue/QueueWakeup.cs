using System.Threading.Channels;

namespace Glue.Dispatcher.Queue;

/// <summary>When the queue is to be looked at again: somebody said so, or the time of the last look's answer has come.</summary>
internal sealed class QueueWakeup(QueueClock clock)
{
    // The wall clock may be set meanwhile, and due times go by it.
    private const long LongestMs = 60_000;

    // Holds at most one token: "look again". A token that is already there stands for all later ones.
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private long _nextDueMs;
    private long _nextExpiryTickMs;

    public void Wake() => _wake.Writer.TryWrite(true);

    /// <summary>What the last look found out; whatever comes sooner is told by <see cref="Wake"/>.</summary>
    /// <param name="dueMs">Wall clock: something falls due.</param>
    /// <param name="expiryTickMs">The other one: a lease runs out.</param>
    public void SetNext(long dueMs, long expiryTickMs)
    {
        Volatile.Write(ref _nextDueMs, dueMs);
        Volatile.Write(ref _nextExpiryTickMs, expiryTickMs);
    }

    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        var now = clock.Now;
        var wait = Math.Min(Volatile.Read(ref _nextDueMs) - now.WallMs, Volatile.Read(ref _nextExpiryTickMs) - now.TickMs);
        if (wait <= 0)
        {
            return;
        }

        using var due = new CancellationTokenSource(TimeSpan.FromMilliseconds(Math.Min(wait, LongestMs)), clock.Provider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(due.Token, cancellationToken);
        try
        {
            await _wake.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException) when (due.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            // The time has come.
        }
    }
}
