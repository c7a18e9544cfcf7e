namespace Glue.Dispatcher.Queue;

/// <summary>Counts the bodies that heads in memory carry, and strips new ones when there are enough.</summary>
internal sealed class KeptBodies
{
    private const int MaxBytes = 8 * 1024 * 1024;

    private long _bytes;

    public QueueHead Add(QueueHead head)
    {
        if (head.Kept is not { } invocation)
        {
            return head;
        }

        if (_bytes + invocation.Payload.Length > MaxBytes)
        {
            return head with { Kept = null };
        }

        _bytes += invocation.Payload.Length;
        return head;
    }

    public void Remove(QueueHead head) => _bytes -= head.Kept?.Payload.Length ?? 0;
}
