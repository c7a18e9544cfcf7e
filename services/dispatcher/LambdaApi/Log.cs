using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.LambdaApi;

internal static partial class Log
{
    // 2300-2399: the Lambda API. Ids are never reused.
    [LoggerMessage(2300, LogLevel.Error, "{Method} {Path} failed; request {RequestId}")]
    public static partial void RequestFailed(ILogger logger, string method, string? path, string requestId, Exception exception);

    [LoggerMessage(2301, LogLevel.Error, "Worker {WorkerId} failed on a synchronous invocation of {FunctionName}; request {RequestId}")]
    public static partial void WorkerFailed(ILogger logger, string workerId, string functionName, string requestId, Exception exception);

    [LoggerMessage(2302, LogLevel.Debug, "{Method} {Path} refused with {ErrorType}: {Reason}")]
    public static partial void Refused(ILogger logger, string method, string? path, string errorType, string reason);

    [LoggerMessage(2303, LogLevel.Information, "The answer of {FunctionArn} to a call of its URL cannot be sent: {Reason}; request {RequestId}")]
    public static partial void UrlAnswerUnusable(ILogger logger, string functionArn, string reason, string requestId);
}
