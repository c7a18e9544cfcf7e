namespace Glue.Dispatcher.EventSources;

/// <summary>Where batches go that are given up.</summary>
internal interface IFailedBatches
{
    /// <summary>Returns once its destination is sure to hear of it, or at once where there is none.</summary>
    /// <param name="batch">It.</param>
    /// <param name="status">Hears that the destination does not take it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">Nobody waits any longer; it comes again.</exception>
    Task TakeAsync(FailedBatch batch, MappingStatus status, CancellationToken cancellationToken);
}
