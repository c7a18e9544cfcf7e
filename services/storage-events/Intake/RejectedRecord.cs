namespace Glue.StorageEvents.Intake;

/// <summary>A message put aside.</summary>
/// <param name="Offset">Its offset in the event log.</param>
/// <param name="Time">When the log took it.</param>
/// <param name="Key">Its key in the log.</param>
/// <param name="Reason">What is wrong, with the path of the field; one clause per bad record.</param>
/// <param name="Value">The message as it came.</param>
/// <param name="Partition">Its partition of the event log; 0 where there is only one.</param>
public sealed record RejectedRecord(long Offset, DateTimeOffset Time, string Key, string Reason, ReadOnlyMemory<byte> Value, int Partition = 0);
