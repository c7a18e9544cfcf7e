namespace Glue.StorageEvents.EventLog;

/// <summary>A part of one partition.</summary>
/// <param name="Partition">0 where there is only one.</param>
/// <param name="Next">The first offset still to be read.</param>
/// <param name="End">The first offset behind it.</param>
public readonly record struct LogStretch(int Partition, long Next, long End);
