using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Backlog;

internal static partial class Log
{
    // 2600-2699: the entrance of the queue. Ids are never reused.
    [LoggerMessage(2600, LogLevel.Error, "Parked events could not be let into the queue; nothing is lost, trying again (is the disk full?)")]
    public static partial void UnparkFailed(ILogger logger, Exception exception);

    [LoggerMessage(2601, LogLevel.Warning, "How much waits in the queue could not be counted; /metrics shows the last count")]
    public static partial void DepthNotRead(ILogger logger, Exception exception);
}
