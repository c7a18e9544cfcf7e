using System.ComponentModel.DataAnnotations;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Kafka;

namespace Glue.Dispatcher.EventSources;

/// <summary>Event source mappings. Section <c>Dispatcher:EventSources</c>.</summary>
public sealed record EventSourceOptions : IValidatableObject
{
    /// <summary>
    /// Clusters that need properties of their own (SASL, TLS), or that accounts beside the installation's may read, by a mapping or for an attached store.
    /// The installation's own account reads any cluster it names; a cluster that is listed here is reached with these properties, and by the accounts that stand in its list.
    /// </summary>
    public IReadOnlyList<EventSourceCluster> Clusters { get; init; } = [];

    /// <summary>Batches that run at once, of all mappings. 1 to 4096; default four per processor, at least 8.</summary>
    [Range(1, 4096)] public int MaxBatches { get; init; } = Math.Max(8, 4 * Environment.ProcessorCount);

    /// <summary>First wait before a failed batch is tried again; it doubles up to <see cref="LongestRetry"/>. 1 ms to 1 min; default 1 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan FirstRetry { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Longest wait between two tries of a batch. 1 ms to 1 h; default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "01:00:00")]
    public TimeSpan LongestRetry { get; init; } = TimeSpan.FromMinutes(1);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var cluster in Clusters)
        {
            var faults = new List<ValidationResult>();
            Validator.TryValidateObject(cluster, new ValidationContext(cluster), faults, validateAllProperties: true);
            foreach (var fault in faults)
            {
                yield return new ValidationResult($"Clusters '{cluster.BootstrapServers}': {fault.ErrorMessage}");
            }

            if (!cluster.Servers.Any())
            {
                yield return new ValidationResult("Clusters: each names its BootstrapServers, HOST:PORT with commas.");
            }
        }
    }

    /// <summary>
    /// A cluster is reached from inside, with the operator's keys where it is listed: so accounts beside the installation's own read from listed
    /// clusters only.
    /// </summary>
    /// <returns>Why the account may not, in a sentence; null: it may.</returns>
    public string? RefusalOf(string accountId, IReadOnlyList<string> bootstrapServers) =>
        IsMixture(bootstrapServers)
            ? $"{string.Join(',', bootstrapServers)} names a cluster of Dispatcher:EventSources:Clusters and servers that are not listed there with it: "
                + "leave those out, or the operator lists them."
        : accountId == Account.Installation || Find(bootstrapServers)?.MayBeReadBy(accountId) == true ? null
        : $"Account {accountId} may not read from {string.Join(',', bootstrapServers)}: the operator lists the cluster, and the account with it, "
            + "under Dispatcher:EventSources:Clusters.";

    /// <summary>How a cluster is reached: with the operator's properties where it is listed, else as it comes. Ask <see cref="RefusalOf"/> first.</summary>
    public KafkaOptions Reach(IReadOnlyList<string> bootstrapServers)
    {
        var listed = Find(bootstrapServers);
        return new KafkaOptions
        {
            BootstrapServers = listed?.BootstrapServers ?? string.Join(',', bootstrapServers),
            Properties = listed?.Properties ?? [],
            Producer = listed?.Producer ?? [],
            Consumer = new Dictionary<string, string>(listed?.Consumer ?? [])
            {
                // New partitions, and a topic that is made after who reads it, are found soon.
                ["topic.metadata.refresh.interval.ms"] = "10000",
            },
        };
    }

    /// <summary>
    /// The cluster to which all of these servers belong: with one that the operator did not list among them, whoever names it would be handed the
    /// operator's keys.
    /// </summary>
    /// <returns>Null: it is not listed.</returns>
    internal EventSourceCluster? Find(IReadOnlyList<string> bootstrapServers) =>
        Clusters.FirstOrDefault(cluster => !bootstrapServers.Except(cluster.Servers, StringComparer.OrdinalIgnoreCase).Any());

    /// <summary>Servers of a listed cluster together with others.</summary>
    internal bool IsMixture(IReadOnlyList<string> bootstrapServers) =>
        Find(bootstrapServers) is null && Clusters.Any(cluster => cluster.Servers.Intersect(bootstrapServers, StringComparer.OrdinalIgnoreCase).Any());
}
