namespace Glue.FunctionLogs;

/// <summary>The log stream of one sandbox.</summary>
public interface IFunctionLog
{
    /// <summary>Takes a line; never blocks on I/O and never throws. What comes too fast to be stored is dropped, and the stream says so.</summary>
    /// <param name="time">When it was written.</param>
    /// <param name="line">UTF-8 without the line break; copied.</param>
    void Append(DateTimeOffset time, ReadOnlySpan<byte> line);
}
