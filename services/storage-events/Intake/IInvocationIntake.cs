using Glue.Contracts.Invocations;

namespace Glue.StorageEvents.Intake;

/// <summary>Where invocations go: the invocation queue.</summary>
public interface IInvocationIntake
{
    /// <summary>
    /// Takes a batch, in order. All of it is durable when this returns, and an id that was seen before is ignored. An exception
    /// means "not now" (queue or disk full): the same batch is offered again until it is taken.
    /// </summary>
    /// <returns>How many of them were new.</returns>
    Task<int> EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken);
}
