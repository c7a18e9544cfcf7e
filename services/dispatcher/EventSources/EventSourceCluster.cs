using Glue.Foundation.Kafka;

namespace Glue.Dispatcher.EventSources;

/// <summary>A cluster as the operator knows it: how mappings reach it, and whose may. Recognised by any of its bootstrap servers.</summary>
public sealed record EventSourceCluster : KafkaOptions
{
    /// <summary>Accounts beside the installation's own whose mappings may read from it, 12 digits each, or <c>*</c> for all. Default none.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    internal IEnumerable<string> Servers => BootstrapServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal bool MayBeReadBy(string accountId) => Accounts.Contains(accountId) || Accounts.Contains("*");
}
