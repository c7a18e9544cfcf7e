using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Backlog;

/// <summary>How storage events get into the invocation queue, whatever their accounts' limits say.</summary>
public interface IQueueEntrance
{
    /// <summary>
    /// Takes a batch, in order; all of it is durable when this returns, and an id that was seen before is ignored. What goes beyond the queue length of its
    /// account is parked, and follows in its order when there is room; other accounts notice nothing.
    /// </summary>
    /// <returns>How many were new; of those that were parked nobody knows yet, so they count.</returns>
    Task<int> TakeAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken);
}
