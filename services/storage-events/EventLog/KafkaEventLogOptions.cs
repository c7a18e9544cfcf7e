using System.ComponentModel.DataAnnotations;
using Glue.Foundation.Kafka;

namespace Glue.StorageEvents.EventLog;

/// <summary>The event log in Kafka. Section <c>StorageEvents:Kafka</c>.</summary>
public sealed record KafkaEventLogOptions : KafkaOptions
{
    /// <summary>Where events come in, from any producer with any key. Default <c>glue.storage-events</c>.</summary>
    [Required] public string Topic { get; init; } = "glue.storage-events";

    /// <summary>Where messages go that could not be read. Default <c>glue.storage-events.rejected</c>.</summary>
    [Required] public string RejectedTopic { get; init; } = "glue.storage-events.rejected";

    /// <summary>Prefix of the consumer groups' names: the intake's is <c>glue.intake</c>. Default <c>glue</c>.</summary>
    [Required] public string GroupPrefix { get; init; } = "glue";
}
