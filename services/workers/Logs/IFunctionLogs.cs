using Glue.Contracts.Functions;

namespace Glue.Workers.Logs;

/// <summary>Where the log lines of functions go. Called on the sandbox's reading thread: must not block for long and not throw.</summary>
public interface IFunctionLogs
{
    /// <param name="version">Whose line.</param>
    /// <param name="logStream">The sandbox's stream, as the function sees it in <c>AWS_LAMBDA_LOG_STREAM_NAME</c>.</param>
    /// <param name="time">When it reached the worker.</param>
    /// <param name="line">UTF-8 without the line break; valid during the call only.</param>
    void Append(FunctionVersion version, string logStream, DateTimeOffset time, ReadOnlySpan<byte> line);
}
