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
    /// <returns>The topic's ARN.</returns>
    public async Task<string> EnsureAsync(AttachedStore store, string name, Uri address, CancellationToken cancellationToken)
    {
        var answer = await CallAsync(
            store, cancellationToken, ("Action", "CreateTopic"), ("Name", name),
            ("Attributes.entry.1.key", "push-endpoint"), ("Attributes.entry.1.value", address.ToString()),
            ("Attributes.entry.2.key", "persistent"), ("Attributes.entry.2.value", "true"));
        return ArnsIn(answer).FirstOrDefault() ?? throw new StoreException(store.Name, 502, "NoTopic", $"Store {store.Name} did not say what topic it made: is it a RADOS Gateway? Other stores need --target-arn.");
    }

    /// <summary>Removes those whose names begin so.</summary>
    public async Task RemoveAsync(AttachedStore store, string prefix, CancellationToken cancellationToken)
    {
        foreach (var arn in ArnsIn(await CallAsync(store, cancellationToken, ("Action", "ListTopics"))).Distinct(StringComparer.Ordinal))
        {
            if (arn[(arn.LastIndexOf(':') + 1)..].StartsWith(prefix + "-", StringComparison.Ordinal))
            {
                await CallAsync(store, cancellationToken, ("Action", "DeleteTopic"), ("TopicArn", arn));
            }
        }
    }

    /// <summary>How many there are.</summary>
    public async Task<int> CountAsync(AttachedStore store, CancellationToken cancellationToken) =>
        ArnsIn(await CallAsync(store, cancellationToken, ("Action", "ListTopics"))).Distinct(StringComparer.Ordinal).Count();

    private Task<XElement?> CallAsync(AttachedStore store, CancellationToken cancellationToken, params (string Name, string Value)[] fields)
    {
        var form = string.Join('&', fields.Select(static field => $"{field.Name}={Uri.EscapeDataString(field.Value)}"));
        return http.CallAsync(
            store, HttpMethod.Post, StoreUrl.Of(store, bucket: null), Encoding.ASCII.GetBytes(form), "application/x-www-form-urlencoded; charset=utf-8", "sns", cancellationToken);
    }

    private static IEnumerable<string> ArnsIn(XElement? answer) =>
        answer?.DescendantsAndSelf().Where(static one => one.Name.LocalName == "TopicArn").Select(static one => one.Value) ?? [];
}
