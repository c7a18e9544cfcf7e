using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Dispatch;

internal static partial class Log
{
    // 2000-2099: the dispatch loop. Ids are never reused.
    [LoggerMessage(2000, LogLevel.Information, "Dispatching with {Places} places; {Left} leases of the former life given back")]
    public static partial void DispatchStarted(ILogger logger, int places, int left);

    [LoggerMessage(2001, LogLevel.Information, "Dispatching stopped")]
    public static partial void DispatchStopped(ILogger logger);

    [LoggerMessage(2002, LogLevel.Warning, "{Running} invocations did not end within {DrainTimeout}; they are given back and will run again")]
    public static partial void DrainTimedOut(ILogger logger, int running, TimeSpan drainTimeout);

    [LoggerMessage(2003, LogLevel.Warning, "Lease of invocation {InvocationId} of {FunctionName} was lost; its outcome is dropped and it runs again")]
    public static partial void LeaseLost(ILogger logger, string invocationId, string functionName);

    [LoggerMessage(2004, LogLevel.Error, "Worker {WorkerId} failed on invocation {InvocationId} of {FunctionName}")]
    public static partial void WorkerFailed(ILogger logger, string invocationId, string functionName, string workerId, Exception exception);

    [LoggerMessage(2005, LogLevel.Debug, "Invocation {InvocationId} of {FunctionName} failed; retried at {DueAt}")]
    public static partial void WillRetry(ILogger logger, string invocationId, string functionName, DateTimeOffset dueAt);

    [LoggerMessage(2006, LogLevel.Debug, "Invocation {InvocationId} of {FunctionName} could not run, tried again at {DueAt}: {Reason}")]
    public static partial void Postponed(ILogger logger, string invocationId, string functionName, DateTimeOffset dueAt, string? reason);

    [LoggerMessage(2007, LogLevel.Warning, "Invocation {InvocationId} of {FunctionName} dead-lettered after {Attempts} attempts: {Reason}")]
    public static partial void DeadLettered(ILogger logger, string invocationId, string functionName, int attempts, string? reason);

    [LoggerMessage(2008, LogLevel.Debug, "Invocation {InvocationId} of {FunctionName} settled")]
    public static partial void Settled(ILogger logger, string invocationId, string functionName);

    [LoggerMessage(2009, LogLevel.Error, "The invocation queue cannot be written; nothing is lost, trying again (is the disk full?)")]
    public static partial void QueueFailed(ILogger logger, Exception exception);

    [LoggerMessage(2010, LogLevel.Error, "A defect at invocation {InvocationId} of {FunctionName}; it is tried again later, and all others go on")]
    public static partial void AttemptBroke(ILogger logger, string invocationId, string functionName, Exception exception);
}
