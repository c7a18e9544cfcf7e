using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.EventSources;

internal static partial class Log
{
    // 2850-2899: event source mappings. Ids are never reused.
    [LoggerMessage(2850, LogLevel.Information, "Event source mapping {Uuid} of {FunctionName} reads {Topic} of {BootstrapServers}")]
    public static partial void Started(ILogger logger, string uuid, string functionName, string topic, string bootstrapServers);

    [LoggerMessage(2851, LogLevel.Information, "Event source mapping {Uuid} stopped")]
    public static partial void Stopped(ILogger logger, string uuid);

    [LoggerMessage(2852, LogLevel.Error, "Event source mapping {Uuid}: {FunctionName} could not be run; the batch is tried again")]
    public static partial void InvokeFailed(ILogger logger, string uuid, string functionName, Exception exception);

    [LoggerMessage(2853, LogLevel.Warning, "Event source mapping {Uuid} dropped records {First} to {Last} of {Topic}-{Partition} ({Condition}); it has no OnFailure destination")]
    public static partial void RecordsDropped(ILogger logger, string uuid, string topic, int partition, long first, long last, string condition);

    [LoggerMessage(2854, LogLevel.Error, "Event source mapping {Uuid}: {Destination} does not take a batch that was given up; trying again")]
    public static partial void DestinationFailed(ILogger logger, string uuid, string destination, Exception exception);

    [LoggerMessage(2855, LogLevel.Warning, "Event source mapping {Uuid}, Kafka: {Complaint}")]
    public static partial void KafkaComplains(ILogger logger, string uuid, string complaint);

    [LoggerMessage(2856, LogLevel.Error, "Event source mapping {Uuid} broke; it begins again")]
    public static partial void Broke(ILogger logger, string uuid, Exception exception);

    [LoggerMessage(2858, LogLevel.Error, "Event source mapping {Uuid} dropped record {Offset} of {Topic}-{Partition}, which was given up: {Destination} refuses it without its value too ({Reason})")]
    public static partial void RecordRefused(ILogger logger, string uuid, string topic, int partition, long offset, string destination, string reason);

    [LoggerMessage(2857, LogLevel.Debug, "Event source mapping {Uuid} has {Partitions} partitions of {Topic}")]
    public static partial void Assigned(ILogger logger, string uuid, string topic, int partitions);
}
