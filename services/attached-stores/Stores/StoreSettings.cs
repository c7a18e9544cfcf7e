using System.Text.Json.Serialization;

namespace Glue.AttachedStores.Stores;

/// <summary>What a way of learning of changes needs to know. Kept on disk as JSON: never rename a member, only add.</summary>
public sealed record StoreSettings
{
    /// <summary>Where the store reaches Glue's API, e.g. <c>https://glue.example.org</c>; null: the API's own address.</summary>
    public Uri? EventsUrl { get; init; }

    /// <summary>The ARN of the target that the store's administrator set up (MinIO, RustFS); null: Glue makes a topic (Ceph).</summary>
    public string? TargetArn { get; init; }

    /// <summary>Kafka: the brokers, <c>HOST:PORT</c> with commas.</summary>
    public string? KafkaServers { get; init; }

    /// <summary>Kafka: where the store writes its events.</summary>
    public string? KafkaTopic { get; init; }

    /// <summary>Kafka: the consumer group that reads it, the store's own. Made by Glue when the topic is first given.</summary>
    public string? KafkaGroup { get; init; }

    /// <summary>Kafka: the store's administrator has it write to the topic, and Glue sets nothing in it.</summary>
    public bool SetsNothing { get; init; }

    /// <summary>Polling: from a listing's end to the next one's beginning. 1 s to 1 day; null: 30 s.</summary>
    public TimeSpan? PollInterval { get; init; }

    /// <summary>Polling: what a bucket holds when it is first listed is told as if it had just been made.</summary>
    public bool PollsExisting { get; init; }

    /// <summary>Polling: since when without a break.</summary>
    public DateTimeOffset? PolledSince { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoreSettings))]
internal sealed partial class StoreSettingsJson : JsonSerializerContext;
