using System.Security.Cryptography;
using System.Text;
using System.Xml.Linq;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Notifications;

/// <summary>
/// Glue's entries in a bucket's notification configuration, told from others' by the beginning of their ids: made of the store's token, so that two
/// Glues attached to one store leave each other alone.
/// </summary>
internal sealed class OwnEntries
{
    private readonly AttachedStore _store;
    private readonly string _address;

    /// <param name="store">Which.</param>
    /// <param name="address">Where its events go: another one makes other entries, because Ceph keeps a copy of the topic in each.</param>
    public OwnEntries(AttachedStore store, Uri address)
    {
        (_store, _address) = (store, address.ToString());
        Prefix = "glue-" + Hash(store.Token);
        Topic = store.Notify == StoreNotify.Kafka ? store.Settings.KafkaTopic! : $"{Prefix}-{Hash(_address)}";
    }

    /// <summary>Of all ids and topics of this Glue in this store.</summary>
    public string Prefix { get; }

    /// <summary>Ceph's topic. Its name is Kafka's too, where it leads there.</summary>
    public string Topic { get; }

    public bool Has(string id) => id.StartsWith(Prefix + "-", StringComparison.Ordinal);

    /// <summary>The same rule has the same id, and another rule another one: comparing ids is comparing entries.</summary>
    public string IdOf(BucketRule rule) =>
        $"{Prefix}-{Hash(string.Join('\n', [_address, _store.Settings.TargetArn ?? "", rule.Prefix, rule.Suffix, .. rule.Events]))}";

    /// <summary>Ids in a configuration as the store gave it.</summary>
    public HashSet<string> In(XElement configuration) =>
        [.. configuration.Elements().Select(static entry => IdIn(entry)).OfType<string>().Where(Has)];

    /// <summary>The configuration with others' entries as they are, and ours for these rules.</summary>
    public XElement Merge(XElement configuration, IReadOnlyList<BucketRule> rules, string targetArn)
    {
        var merged = new XElement(configuration.Name, configuration.Elements().Where(entry => IdIn(entry) is not { } id || !Has(id)));
        var space = configuration.Name.Namespace;
        foreach (var rule in rules)
        {
            merged.Add(Entry(space, rule, targetArn));
        }

        return merged;
    }

    private static string? IdIn(XElement entry) => entry.Elements().FirstOrDefault(static one => one.Name.LocalName == "Id")?.Value;

    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 5));

    private XElement Entry(XNamespace space, BucketRule rule, string targetArn)
    {
        // Ceph calls what it posts to a topic; MinIO and RustFS take queues alone.
        var isTopic = _store.Settings.TargetArn is null;
        var entry = new XElement(
            space + (isTopic ? "TopicConfiguration" : "QueueConfiguration"),
            new XElement(space + "Id", IdOf(rule)),
            new XElement(space + (isTopic ? "Topic" : "Queue"), targetArn),
            rule.Events.Select(name => new XElement(space + "Event", name)));
        var filters = new[] { ("prefix", rule.Prefix), ("suffix", rule.Suffix) }.Where(static filter => filter.Item2.Length > 0).ToList();
        if (filters.Count > 0)
        {
            entry.Add(new XElement(space + "Filter", new XElement(space + "S3Key", filters.Select(filter =>
                new XElement(space + "FilterRule", new XElement(space + "Name", filter.Item1), new XElement(space + "Value", filter.Item2))))));
        }

        return entry;
    }
}
