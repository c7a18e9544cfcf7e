namespace Glue.FunctionLogs.Store;

/// <summary>One stored line.</summary>
/// <param name="Position">Names it.</param>
/// <param name="StreamId">Its stream.</param>
/// <param name="IngestedMs">When it was stored, in milliseconds since 1970.</param>
/// <param name="Message">UTF-8, as the function wrote it: perhaps invalid.</param>
internal sealed record LogLine(LogPosition Position, long StreamId, long IngestedMs, ReadOnlyMemory<byte> Message);
