using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.Backlog;

/// <summary>Tells <see cref="QueueLengths"/> what each committed change adds and takes.</summary>
internal sealed class CountedQueueDisk(IQueueDisk disk, QueueLengths lengths) : IQueueDisk
{
    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken) =>
        disk.WriteAsync(transaction => change(new Transaction(transaction, lengths)), cancellationToken);

    public IReadOnlyList<FunctionKey> Functions() => disk.Functions();

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
