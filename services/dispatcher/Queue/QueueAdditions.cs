using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>Puts invocations on disk, and tells memory of those that are ready once they are there.</summary>
internal sealed class QueueAdditions(QueueParts parts)
{
    /// <summary>Larger bodies are read back from disk even on an idle queue.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    /// <returns>How many were new.</returns>
    public int Add(IQueueTransaction transaction, IReadOnlyList<Invocation> batch, long nowMs)
    {
        var ready = new List<(FunctionKey Function, QueueHead Head)>(batch.Count);
        var count = 0;
        foreach (var invocation in batch)
        {
            var added = transaction.Add(invocation, nowMs);
            count += added.IsNew ? 1 : 0;
            if (added is { IsNew: true, IsReady: true })
            {
                // A copy: the caller's memory is its own again when this returns.
                var kept = invocation.Payload.Length <= MaxKeptBytes ? invocation with { Payload = invocation.Payload.ToArray() } : null;
                ready.Add((FunctionKey.Of(invocation), new QueueHead(added.Entry, nowMs, invocation.OrderKey, 0, 0) { Kept = kept }));
            }
        }

        Tell(transaction, ready, nowMs);
        return count;
    }

    /// <returns>How many of the ids were dead letters of the account.</returns>
    public int Redrive(IQueueTransaction transaction, string accountId, IReadOnlyList<string> ids, long nowMs)
    {
        var ready = new List<(FunctionKey Function, QueueHead Head)>();
        var count = 0;
        foreach (var id in ids)
        {
            if (transaction.Redrive(accountId, id, nowMs) is { } redriven)
            {
                count++;
                if (redriven.Head is { } head)
                {
                    ready.Add((redriven.Function, head));
                }
            }
        }

        Tell(transaction, ready, nowMs);
        return count;
    }

    private void Tell(IQueueTransaction transaction, List<(FunctionKey Function, QueueHead Head)> ready, long nowMs)
    {
        if (ready.Count == 0)
        {
            return;
        }

        transaction.WhenCommitted(() =>
        {
            lock (parts.Lock)
            {
                foreach (var (function, head) in ready)
                {
                    parts.Front.Added(function, head, nowMs);
                }
            }

            parts.Wakeup.Wake();
        });
    }
}
