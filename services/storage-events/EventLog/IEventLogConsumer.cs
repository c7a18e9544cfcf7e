namespace Glue.StorageEvents.EventLog;

/// <summary>One reader of the log and its place in it. Used by one loop, not concurrently.</summary>
public interface IEventLogConsumer : IAsyncDisposable
{
    /// <summary>The next records, at least one and at most <paramref name="maxRecords"/>; waits while there is none. Each call goes on behind the last.</summary>
    Task<IReadOnlyList<EventLogRecord>> ReadAsync(int maxRecords, CancellationToken cancellationToken);

    /// <summary>
    /// Declares this batch, and all read before it, done: a later start goes on behind it. Call it only once everything the batch
    /// gave is durable elsewhere.
    /// </summary>
    Task CommitAsync(IReadOnlyList<EventLogRecord> batch, CancellationToken cancellationToken);
}
