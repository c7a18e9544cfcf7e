using System.ComponentModel.DataAnnotations;

namespace Glue.Foundation.Kafka;

/// <summary>How to reach a Kafka cluster, and how clients behave there. Names and values are librdkafka's (its CONFIGURATION.md).</summary>
public record KafkaOptions : IValidatableObject
{
    // What Glue's promises rest on: who wants them otherwise wants another program.
    private static readonly string[] Own =
        ["bootstrap.servers", "group.id", "enable.auto.commit", "enable.auto.offset.store", "auto.offset.reset", "acks", "message.timeout.ms"];

    /// <summary><c>host:port</c>, several with commas. Required where Kafka is used.</summary>
    public string BootstrapServers { get; init; } = "";

    /// <summary>Properties of every client: <c>security.protocol</c>, <c>sasl.username</c>, <c>ssl.ca.location</c>, ….</summary>
    public Dictionary<string, string> Properties { get; init; } = [];

    /// <summary>Properties of producers alone; they win over <see cref="Properties"/>.</summary>
    public Dictionary<string, string> Producer { get; init; } = [];

    /// <summary>Properties of consumers alone; they win over <see cref="Properties"/>.</summary>
    public Dictionary<string, string> Consumer { get; init; } = [];

    /// <summary>Partitions of a topic that Glue creates. 1 to 10,000; default 12.</summary>
    [Range(1, 10_000)] public int Partitions { get; init; } = 12;

    /// <summary>Replicas of each partition of a topic that Glue creates. -1: the broker's default; default -1.</summary>
    [Range(-1, 100)] public int ReplicationFactor { get; init; } = -1;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        Faults(nameof(Properties), Properties).Concat(Faults(nameof(Producer), Producer)).Concat(Faults(nameof(Consumer), Consumer));

    private static IEnumerable<ValidationResult> Faults(string section, Dictionary<string, string> properties) => properties.Keys
        .Where(static key => Own.Contains(key, StringComparer.OrdinalIgnoreCase))
        .Select(key => new ValidationResult($"{section}: '{key}' is Glue's own, because delivery rests on it. Leave it out."));
}
