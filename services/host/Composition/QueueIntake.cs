using Glue.Contracts.Invocations;
using Glue.Dispatcher.Backlog;
using Glue.StorageEvents.Intake;

namespace Glue.Host.Composition;

/// <summary>What storage-events makes goes straight into the dispatcher's queue, or waits before it where an account is at its limit.</summary>
internal sealed class QueueIntake(IQueueEntrance queue) : IInvocationIntake
{
    public Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken) => queue.TakeAsync(batch, cancellationToken);
}
