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

    [LoggerMessage(3250, LogLevel.Information, "Replay {ReplayId} runs: from {From} to {To}")]
    public static partial void ReplayRuns(ILogger logger, string replayId, string from, string? to);

    [LoggerMessage(3251, LogLevel.Information, "Replay {ReplayId} is done: {RecordCount} records, {NewCount} new invocations")]
    public static partial void ReplayDone(ILogger logger, string replayId, long recordCount, long newCount);

    [LoggerMessage(3252, LogLevel.Error, "Replay {ReplayId} waits: what it reads cannot be read. It keeps its place; trying again until it can")]
    public static partial void ReplayWaits(ILogger logger, string replayId, Exception exception);

    [LoggerMessage(3300, LogLevel.Warning, "Kafka: {Complaint}")]
    public static partial void KafkaComplains(ILogger logger, string complaint);

    [LoggerMessage(3301, LogLevel.Warning, "Kafka's topic {Topic} cannot be used yet; trying until it can")]
    public static partial void KafkaNotReady(ILogger logger, string topic, Exception exception);

    [LoggerMessage(3302, LogLevel.Information, "{PartitionCount} partitions of {Topic} assigned")]
    public static partial void PartitionsAssigned(ILogger logger, string topic, int partitionCount);

    [LoggerMessage(3303, LogLevel.Information, "{PartitionCount} partitions of {Topic} handed over")]
    public static partial void PartitionsRevoked(ILogger logger, string topic, int partitionCount);

    [LoggerMessage(3304, LogLevel.Information, "{PartitionCount} partitions of {Topic} paused: the invocation queue takes nothing")]
    public static partial void PartitionsPaused(ILogger logger, string topic, int partitionCount);

    [LoggerMessage(3305, LogLevel.Information, "Partitions of {Topic} resumed")]
    public static partial void PartitionsResumed(ILogger logger, string topic);

    [LoggerMessage(3306, LogLevel.Debug, "Offset {Offset} of partition {Partition} was not stored: {Reason}")]
    public static partial void OffsetNotStored(ILogger logger, int partition, long offset, string reason);
}
