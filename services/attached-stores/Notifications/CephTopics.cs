using System.Text;
using System.Xml.Linq;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Notifications;

/// <summary>
/// Topics of a RADOS Gateway (Ceph Object Gateway, "Bucket notifications", read 2026-11; measured with 16.2): persistent ones, so that an event
/// waits in the cluster while Glue is away instead of being tried once.
/// </summary>
internal sealed class CephTopics(StoreHttp http)
{
    private const string OpaqueData = "OpaqueData";

    /// <returns>The topic's ARN.</returns>
    /// <exception cref="StoreException">It could not be made; or one of that name, which is not Glue's, leads somewhere else.</exception>
    public async Task<string> EnsureAsync(AttachedStore store, OwnEntries own, Uri address, CancellationToken cancellationToken)
    {
        var isKafka = address.Scheme == "kafka";
        if (isKafka && await FindAsync(store, own.Topic, cancellationToken) is { } present && OpaqueDataOf(present) != own.Prefix)
        {
            return present.ToString().Contains("kafka://", StringComparison.Ordinal)
                ? ArnsIn(present).First() // somebody has made it for this Kafka topic: it is used, and left as it is
                : throw new StoreException(store.Name, 409, "TopicTaken", $"Store {store.Name} has a topic {own.Topic} that does not lead to Kafka. Remove it, or give another topic.");
        }

        var endpoint = isKafka ? address.GetLeftPart(UriPartial.Authority) : address.ToString();
        List<(string Name, string Value)> attributes = [("push-endpoint", endpoint), ("persistent", "true")];
        if (isKafka)
        {
            attributes.AddRange([("kafka-ack-level", "broker"), (OpaqueData, own.Prefix)]);
        }

        var answer = await CallAsync(store, cancellationToken, [("Action", "CreateTopic"), ("Name", own.Topic), .. attributes.SelectMany(static (attribute, i) => new[]
        {
            ($"Attributes.entry.{i + 1}.key", attribute.Name), ($"Attributes.entry.{i + 1}.value", attribute.Value),
        })]);
        return ArnsIn(answer).FirstOrDefault() ?? throw new StoreException(store.Name, 502, "NoTopic", $"Store {store.Name} did not say what topic it made: is it a RADOS Gateway? Other stores need --target-arn.");
    }

    /// <summary>Removes Glue's own: those whose names begin so, and those that say so, being named after a topic of Kafka's.</summary>
    public async Task RemoveAsync(AttachedStore store, string prefix, CancellationToken cancellationToken)
    {
        foreach (var topic in await ListAsync(store, cancellationToken))
        {
            var arn = ArnsIn(topic).First();
            if (OpaqueDataOf(topic) == prefix || NameIn(arn).StartsWith(prefix + "-", StringComparison.Ordinal))
            {
                await CallAsync(store, cancellationToken, ("Action", "DeleteTopic"), ("TopicArn", arn));
            }
        }
    }

    /// <summary>How many there are.</summary>
    public async Task<int> CountAsync(AttachedStore store, CancellationToken cancellationToken) =>
        (await ListAsync(store, cancellationToken)).Count;

    private async Task<XElement?> FindAsync(AttachedStore store, string name, CancellationToken cancellationToken) =>
        (await ListAsync(store, cancellationToken)).FirstOrDefault(topic => NameIn(ArnsIn(topic).First()) == name);

    /// <summary>One element per topic; Ceph 16 also puts the ARN into the endpoint's description.</summary>
    private async Task<IReadOnlyList<XElement>> ListAsync(AttachedStore store, CancellationToken cancellationToken) =>
        [.. (await CallAsync(store, cancellationToken, ("Action", "ListTopics")))?.Descendants()
            .Where(static one => one.Elements().Any(static child => child.Name.LocalName == "TopicArn")) ?? []];

    private static string NameIn(string arn) => arn[(arn.LastIndexOf(':') + 1)..];

    private static string? OpaqueDataOf(XElement topic) => topic.Descendants().FirstOrDefault(static one => one.Name.LocalName == OpaqueData)?.Value;

    private Task<XElement?> CallAsync(AttachedStore store, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
    {
        var form = string.Join('&', fields.Select(static field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
        return http.CallAsync(
            store, HttpMethod.Post, StoreUrl.Of(store, bucket: null), Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded; charset=utf-8", "sns", cancellationToken);
    }

    private static IEnumerable<string> ArnsIn(XElement? answer) =>
        answer?.DescendantsAndSelf().Where(static one => one.Name.LocalName == "TopicArn").Select(static one => one.Value) ?? [];
}
