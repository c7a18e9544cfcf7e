namespace Glue.Workers.Logs;

/// <summary>One sandbox's log. Called on the sandbox's reading thread, with a function waiting: must not wait for I/O and not throw.</summary>
public interface IFunctionLog
{
    /// <param name="time">When the line reached the worker.</param>
    /// <param name="line">UTF-8 without the line break; valid during the call only.</param>
    void Append(DateTimeOffset time, ReadOnlySpan<byte> line);
}
