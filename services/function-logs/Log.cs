using Microsoft.Extensions.Logging;

namespace Glue.FunctionLogs;

/// <summary>6000-6099: the logs of functions.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Error, "Log lines of functions could not be written and are lost")]
    public static partial void NotWritten(ILogger logger, Exception exception);

    [LoggerMessage(6001, LogLevel.Information, "{MiB:0.0} MiB of functions' logs removed: they were too old, or all logs together too large")]
    public static partial void Removed(ILogger logger, double mib);

    [LoggerMessage(6002, LogLevel.Warning, "Old logs of functions could not be removed; tried again later")]
    public static partial void NotRemoved(ILogger logger, Exception exception);

    [LoggerMessage(6003, LogLevel.Error, "Logs request {Action} ({RequestId}) failed")]
    public static partial void RequestFailed(ILogger logger, string action, string requestId, Exception exception);
}
