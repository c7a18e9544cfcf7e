using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>The durable side of <see cref="EmbeddedInvocationQueue"/>: SQLite, or a simulated disk.</summary>
internal interface IQueueDisk
{
    /// <summary>Runs the change with all others in one order; on disk when it returns, or undone when it throws.</summary>
    Task<T> WriteAsync<T>(Func<IQueueTransaction, T> change, CancellationToken cancellationToken);

    /// <summary>Every function that has entries; asked once, before any change.</summary>
    IReadOnlyList<FunctionKey> Functions();

    /// <summary>Is there anything for <see cref="IQueueTransaction.Old"/>? Beside all changes.</summary>
    bool HasOld(FunctionKey function, OldOrder order, long beforeMs, QueuePlace behind);

    /// <summary>The whole of entries that are leased, in the order asked for.</summary>
    IReadOnlyList<Invocation> Read(IReadOnlyList<long> entries);
}
