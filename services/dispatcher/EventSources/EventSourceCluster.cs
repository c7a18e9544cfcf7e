using Glue.Foundation.Kafka;

namespace Glue.Dispatcher.EventSources;

/// <summary>A cluster as the operator knows it: how mappings reach it, and whose may. A mapping means it when all of its servers stand here.</summary>
public sealed record EventSourceCluster : KafkaOptions
{
    /// <summary>Accounts beside the installation's own whose mappings may read from it, 12 digits each, or <c>*</c> for all. Default none.</summary>
    public IReadOnlyList<string> Accounts { get; init; } = [];

    /// <summary>
    /// Topics that mappings of accounts beside the installation's own may write what they give up to (OnFailure <c>kafka://TOPIC</c>), by account,
    /// 12 digits, or <c>*</c> for each that may read; a topic <c>*</c> stands for all. Default none: to read is not to write.
    /// </summary>
    public Dictionary<string, string[]> FailureTopics { get; init; } = [];

    internal IEnumerable<string> Servers => BootstrapServers.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal bool MayBeReadBy(string accountId) => Accounts.Contains(accountId) || Accounts.Contains("*");

    internal bool MayBeWrittenBy(string accountId, string topic) => MayBeReadBy(accountId)
        && new[] { accountId, "*" }.SelectMany(account => FailureTopics.GetValueOrDefault(account) ?? []).Any(allowed => allowed == topic || allowed == "*");
}
