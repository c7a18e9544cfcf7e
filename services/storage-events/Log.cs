using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents;

/// <summary>3000-3999: storage-events. Ids are never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(3000, LogLevel.Information, "Intake started")]
    public static partial void IntakeStarted(ILogger logger);

    [LoggerMessage(3001, LogLevel.Information, "Intake stopped")]
    public static partial void IntakeStopped(ILogger logger);

    [LoggerMessage(3002, LogLevel.Warning, "{RejectedCount} records put aside as unreadable; the first is offset {Offset}: {Reason}")]
    public static partial void RecordsRejected(ILogger logger, int rejectedCount, long offset, string reason);

    [LoggerMessage(3003, LogLevel.Error, "Events wait: {Where} did not take them. Nothing is lost; trying again until it does")]
    public static partial void NotTaken(ILogger logger, string where, Exception exception);

    [LoggerMessage(3004, LogLevel.Information, "Events flow again: {Where} took them after {Failures} failures")]
    public static partial void TakenAgain(ILogger logger, string where, int failures);

    [LoggerMessage(3100, LogLevel.Information, "Bucket {Bucket} of account {AccountId} now has {RuleCount} rules")]
    public static partial void RulesPut(ILogger logger, string bucket, string accountId, int ruleCount);

    [LoggerMessage(3200, LogLevel.Debug, "{RecordCount} log records older than {Retention} trimmed")]
    public static partial void Trimmed(ILogger logger, int recordCount, TimeSpan retention);

    [LoggerMessage(3201, LogLevel.Warning, "Old log records could not be trimmed; the next round tries again")]
    public static partial void TrimFailed(ILogger logger, Exception exception);
}
