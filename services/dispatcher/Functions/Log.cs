using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Functions;

internal static partial class Log
{
    // 2200-2299: functions. Ids are never reused.
    [LoggerMessage(2200, LogLevel.Information, "Function {FunctionName} of {AccountId} is at revision {RevisionId}")]
    public static partial void Deployed(ILogger logger, string functionName, string accountId, string revisionId);

    [LoggerMessage(2201, LogLevel.Information, "Function {FunctionName} of {AccountId} was deleted")]
    public static partial void Deleted(ILogger logger, string functionName, string accountId);

    [LoggerMessage(2202, LogLevel.Warning, "Worker {WorkerId} did not retire the sandboxes of {FunctionArn}; they leave by idleness")]
    public static partial void RetireFailed(ILogger logger, string functionArn, string workerId, Exception exception);
}
