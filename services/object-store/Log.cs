using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore;

internal static partial class Log
{
    // 1000-1999: object store. Ids are never reused; of a removed message the number stays, with a note.
    [LoggerMessage(1000, LogLevel.Debug, "{RequestId} {Method} {Target} {Status} in {Milliseconds:0.0} ms")]
    public static partial void Answered(ILogger logger, string requestId, string method, string target, int status, double milliseconds);

    [LoggerMessage(1001, LogLevel.Error, "{RequestId} {Method} {Target} failed")]
    public static partial void Failed(ILogger logger, string requestId, string method, string target, Exception exception);

    [LoggerMessage(1002, LogLevel.Error, "{RequestId}: the disk is full, nothing was written")]
    public static partial void DiskFull(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(1003, LogLevel.Information, "Removed {Count} files that an earlier run left unfinished")]
    public static partial void OrphansSwept(ILogger logger, int count);

    [LoggerMessage(1004, LogLevel.Debug, "{RequestId}: the client left")]
    public static partial void ClientLeft(ILogger logger, string requestId, Exception exception);

    [LoggerMessage(1005, LogLevel.Information, "Lifecycle rules removed {Count} objects, versions or uploads")]
    public static partial void LifecycleApplied(ILogger logger, int count);

    [LoggerMessage(1006, LogLevel.Error, "Lifecycle rules could not be applied; the next round tries again")]
    public static partial void LifecycleFailed(ILogger logger, Exception exception);

    [LoggerMessage(1007, LogLevel.Error, "The body file {Blob} is damaged: {What}")]
    public static partial void Damaged(ILogger logger, string blob, string what);

    [LoggerMessage(1008, LogLevel.Error, "The lifecycle rules of bucket {Bucket} could not be applied; the next round tries again")]
    public static partial void LifecycleOfBucketFailed(ILogger logger, string bucket, Exception exception);
}
