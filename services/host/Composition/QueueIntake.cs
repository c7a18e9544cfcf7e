using Glue.Contracts.Invocations;
using Glue.Dispatcher.Queue;
using Glue.StorageEvents.Intake;

namespace Glue.Host.Composition;

/// <summary>What storage-events makes goes straight into the dispatcher's queue.</summary>
internal sealed class QueueIntake(IInvocationQueue queue) : IInvocationIntake
{
    public Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken) => queue.EnqueueAsync(batch, cancellationToken);
}
