namespace Glue.StorageEvents.EventLog;

/// <summary>Where in the log two places are.</summary>
/// <param name="Stretches">One per partition that has records in between.</param>
/// <param name="HasTimes">False: the log does not know when it took a record (Kafka before 0.10). Between two moments it then finds everything, and the events' own times must tell.</param>
public sealed record FoundStretches(IReadOnlyList<LogStretch> Stretches, bool HasTimes);
