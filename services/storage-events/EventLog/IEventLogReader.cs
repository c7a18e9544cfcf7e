namespace Glue.StorageEvents.EventLog;

/// <summary>Reads parts of the log again, apart from every consumer. Used by one loop, not concurrently.</summary>
public interface IEventLogReader : IAsyncDisposable
{
    /// <summary>What the log has from one place up to another.</summary>
    /// <param name="from">Its first records.</param>
    /// <param name="to">The first records behind it; null: what comes after this call.</param>
    /// <param name="cancellationToken">Ends the wait for the log.</param>
    Task<FoundStretches> FindAsync(LogPlace from, LogPlace? to, CancellationToken cancellationToken);

    /// <summary>The stretch's first records, at most <paramref name="maxRecords"/>; none: it has no more.</summary>
    Task<IReadOnlyList<EventLogRecord>> ReadAsync(LogStretch stretch, int maxRecords, CancellationToken cancellationToken);
}
