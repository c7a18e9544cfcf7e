using Glue.Dispatcher.Ledger;

namespace Glue.Dispatcher.Queue;

/// <summary>Takes the ends of leases to disk, all that came while the ones before were written in one change.</summary>
internal sealed class QueueSettling(QueueParts parts, QueueAdditions additions, LedgerChanges changes)
{
    private SettlementBatch? _next; // what comes while one is being written
    private bool _isWriting;

    /// <returns>How many took effect: the leases of the others were no longer held.</returns>
    public async Task<int> SettleAsync(IReadOnlyList<Settlement> settlements)
    {
        Task onDisk;
        var count = 0;
        bool mustWrite;
        lock (parts.Lock)
        {
            var now = parts.Clock.Now;
            var batch = _next ??= new SettlementBatch();
            var isEmpty = true;
            foreach (var settlement in settlements)
            {
                if (parts.Front.BeginSettling(settlement.Lease, hasRun: settlement.Attempt is not null, now) is { } entry)
                {
                    batch.Members.Add((settlement, entry.Function, entry.Head));
                    count++;
                    isEmpty = false;
                }
                else if (settlement.Keeps is { } outcome)
                {
                    // Somebody else has the entry and will come to run it: the handler has succeeded all the same, and must not run again.
                    batch.Outcomes.Add(outcome);
                    isEmpty = false;
                }
            }

            if (isEmpty)
            {
                return 0;
            }

            onDisk = batch.WaitAsync();
            mustWrite = !_isWriting;
            _isWriting = true;
        }

        parts.Wakeup.Wake(); // places are free
        if (mustWrite)
        {
            _ = WriteAsync(); // tells each batch how it went
        }

        await onDisk;
        return count;
    }

    /// <summary>One batch after the other until there is none.</summary>
    private async Task WriteAsync()
    {
        while (true)
        {
            SettlementBatch batch;
            lock (parts.Lock)
            {
                if (_next is not { IsEmpty: false } next)
                {
                    _isWriting = false;
                    return;
                }

                (batch, _next) = (next, null);
            }

            try
            {
                await parts.Disk.WriteAsync(transaction => Settle(transaction, batch), CancellationToken.None);
            }
            catch (Exception e)
            {
                lock (parts.Lock)
                {
                    batch.Members.ForEach(member => parts.Front.NotSettled(member.Settlement.Lease));
                }

                batch.Fail(e);
                continue;
            }

            changes.Pulse();
            batch.Succeed();
        }
    }

    private int Settle(IQueueTransaction transaction, SettlementBatch batch)
    {
        var nowMs = parts.Clock.WallMs;
        var settled = new List<SettledEntry>(batch.Members.Count);
        transaction.WhenCommitted(() => Settled(batch, settled, nowMs));
        batch.Outcomes.ForEach(transaction.Keep);
        foreach (var (settlement, function, head) in batch.Members)
        {
            settled.Add(transaction.Settle(function, head, settlement, nowMs));
            if (settlement.Follower is { } follower)
            {
                additions.Add(transaction, [follower], nowMs);
            }
        }

        return settled.Count;
    }

    private void Settled(SettlementBatch batch, List<SettledEntry> settled, long nowMs)
    {
        lock (parts.Lock)
        {
            for (var i = 0; i < settled.Count; i++)
            {
                parts.Front.Settled(batch.Members[i].Settlement.Lease, settled[i], nowMs);
            }
        }

        parts.Wakeup.Wake(); // something may be leased now: a retry, the next of its order key
    }
}
