using Glue.AttachedStores.Topics;
using Glue.Dispatcher.EventSources;
using Glue.Foundation.Kafka;

namespace Glue.Host.Composition;

/// <summary>Attached stores reach clusters as event source mappings do: one list of the operator's, one rule of who may read.</summary>
internal sealed class KafkaReach(EventSourceOptions options) : IKafkaReach
{
    public string? RefusalOf(string accountId, IReadOnlyList<string> servers) => options.RefusalOf(accountId, servers);

    public KafkaOptions OptionsOf(IReadOnlyList<string> servers) => options.Reach(servers);
}
