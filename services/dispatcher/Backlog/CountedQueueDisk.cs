using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Backlog;

/// <summary>Tells <see cref="QueueLengths"/> what each committed change adds and takes.</summary>
internal sealed class CountedQueueDisk(IQueueDisk disk, QueueLengths lengths) : IQueueDisk
{
    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken) =>
        disk.WriteAsync(transaction => change(new Transaction(transaction, lengths)), cancellationToken);

    public IReadOnlyList<FunctionKey> Functions() => disk.Functions();

    public bool HasOld(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind) => disk.HasOld(function, order, beforeMs, behind);

    public IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries) => disk.Read(entries);

    private sealed class Transaction(IQueueTransaction transaction, QueueLengths lengths) : IQueueTransaction
    {
        public AddedEntry Add(Invocation invocation, long nowMs)
        {
            var added = transaction.Add(invocation, nowMs);
            if (added.IsNew)
            {
                Count(invocation.AccountId, 1);
            }

            return added;
        }

        public SettledEntry Settle(FunctionKey function, QueueHead head, Settlement settlement, long nowMs)
        {
            if (settlement.Kind is SettlementKind.Done or SettlementKind.DeadLetter)
            {
                Count(function.AccountId, -1);
            }

            return transaction.Settle(function, head, settlement, nowMs);
        }

        public (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs)
        {
            var redriven = transaction.Redrive(accountId, id, nowMs);
            if (redriven is not null)
            {
                Count(accountId, 1);
            }

            return redriven;
        }

        public IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, QueuePlace behind, int count) => transaction.ReadyHeads(function, behind, count);

        public IReadOnlyList<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind, int count) =>
            transaction.Old(function, order, beforeMs, behind, count);

        public Invocation Read(long entry) => transaction.Read(entry);

        public void Keep(KeptOutcome outcome) => transaction.Keep(outcome);

        public void WhenCommitted(Action action) => transaction.WhenCommitted(action);

        private void Count(string accountId, int by)
        {
            if (lengths.Tracks(accountId))
            {
                transaction.WhenCommitted(() => lengths.Change(accountId, by));
            }
        }
    }
}
