using Glue.Foundation.Kafka;

namespace Glue.AttachedStores.Topics;

/// <summary>How Kafka clusters are reached, and by whom. The operator's keys for a cluster go to that cluster's own servers alone.</summary>
public interface IKafkaReach
{
    /// <returns>Why the account may not read from there, in a sentence; null: it may.</returns>
    string? RefusalOf(string accountId, IReadOnlyList<string> servers);

    /// <summary>Ask <see cref="RefusalOf"/> first, each time: what the operator allows may have changed.</summary>
    KafkaOptions OptionsOf(IReadOnlyList<string> servers);
}
