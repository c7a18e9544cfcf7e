using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores;

/// <summary>6000-6999: attached stores. Ids are never reused.</summary>
internal static partial class Log
{
    [LoggerMessage(6000, LogLevel.Warning, "A message of store {Store} was put aside: {Fault}")]
    public static partial void MessageRejected(ILogger logger, string store, string fault);

    [LoggerMessage(6001, LogLevel.Error, "Events of store {Store} were not taken; the store was told to send them again")]
    public static partial void EventsNotTaken(ILogger logger, string store, Exception exception);

    [LoggerMessage(6002, LogLevel.Warning, "Store {Store}: its changes do not come in; trying again until they do. {Reason}")]
    public static partial void SourceFailed(ILogger logger, string store, string reason, Exception? exception);

    [LoggerMessage(6003, LogLevel.Information, "Store {Store}: listening to bucket {Bucket}")]
    public static partial void Listening(ILogger logger, string store, string bucket);

    [LoggerMessage(6004, LogLevel.Information, "Store {Store}: bucket {Bucket} is being reconciled, since nobody listened to it for a while")]
    public static partial void GapReconciled(ILogger logger, string store, string bucket);

    [LoggerMessage(6005, LogLevel.Error, "Store {Store}: the reconciliation of bucket {Bucket} could not be ordered; trying again until it can")]
    public static partial void GapNotReconciled(ILogger logger, string store, string bucket, Exception exception);

    [LoggerMessage(6030, LogLevel.Warning, "Store {Store}: the listing of bucket {Bucket} broke off; it is tried on until it can go on. {Reason}")]
    public static partial void PollFailed(ILogger logger, string store, string bucket, string reason, Exception? exception);

    [LoggerMessage(6031, LogLevel.Warning, "What is left of buckets that are polled no more could not be deleted; it is tried again")]
    public static partial void PollsNotCleaned(ILogger logger, Exception exception);

    [LoggerMessage(6006, LogLevel.Warning, "Store {Store}, topic {Topic}: {Complaint}")]
    public static partial void TopicComplains(ILogger logger, string store, string topic, string complaint);

    [LoggerMessage(6010, LogLevel.Information, "Store {Store}: bucket {Bucket} now notifies Glue with {EntryCount} entries of its configuration")]
    public static partial void NotificationsSet(ILogger logger, string store, string bucket, int entryCount);

    [LoggerMessage(6011, LogLevel.Warning, "Store {Store}: notifications could not be set; trying again until they can. {Reason}")]
    public static partial void NotificationsNotSet(ILogger logger, string store, string reason, Exception? exception);
}
