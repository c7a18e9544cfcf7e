using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.EventSources;

/// <summary>Runs a mapping's function on a batch.</summary>
internal interface IBatchInvoker
{
    /// <summary>Waits for its turn, runs it once, and says what came of it; what could not run is an outcome too.</summary>
    /// <param name="mapping">Whose function.</param>
    /// <param name="payload">The event.</param>
    /// <param name="waiting">Ends the wait for the turn.</param>
    /// <param name="running">Ends the attempt itself; nothing is known of it then.</param>
    Task<BatchOutcome> InvokeAsync(EventSourceMapping mapping, ReadOnlyMemory<byte> payload, CancellationToken waiting, CancellationToken running);
}

/// <summary>What came of one try of a batch.</summary>
/// <param name="RequestId">The attempt's.</param>
/// <param name="ExecutedVersion">Of the function.</param>
/// <param name="Outcome">The worker's.</param>
internal sealed record BatchOutcome(string RequestId, string ExecutedVersion, InvokeOutcome Outcome);
