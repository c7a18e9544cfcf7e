using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Queue;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>A disk that counts the bodies which changes read.</summary>
internal sealed class BodyCountingDisk(IQueueDisk disk) : IQueueDisk
{
    public int BodiesRead { get; set; }

    public Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken) =>
        disk.WriteAsync(transaction => change(new Transaction(transaction, this)), cancellationToken);

    public IReadOnlyList<FunctionKey> Functions() => disk.Functions();

    public bool HasOld(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind) => disk.HasOld(function, order, beforeMs, behind);

    public IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries) => disk.Read(entries);

    private sealed class Transaction(IQueueTransaction transaction, BodyCountingDisk counts) : IQueueTransaction
    {
        public Invocation Read(long entry)
        {
            counts.BodiesRead++;
            return transaction.Read(entry);
        }

        public AddedEntry Add(Invocation invocation, long nowMs) => transaction.Add(invocation, nowMs);

        public IReadOnlyList<QueueHead> ReadyHeads(FunctionKey function, QueuePlace behind, int count) => transaction.ReadyHeads(function, behind, count);

        public IReadOnlyList<OldEntry> Old(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind, int count) =>
            transaction.Old(function, order, beforeMs, behind, count);

        public void Keep(KeptOutcome outcome) => transaction.Keep(outcome);

        public SettledEntry Settle(FunctionKey function, QueueHead head, Settlement settlement, long nowMs) => transaction.Settle(function, head, settlement, nowMs);

        public (FunctionKey Function, QueueHead? Head)? Redrive(string accountId, string id, long nowMs) => transaction.Redrive(accountId, id, nowMs);

        public void WhenCommitted(Action action) => transaction.WhenCommitted(action);
    }
}
