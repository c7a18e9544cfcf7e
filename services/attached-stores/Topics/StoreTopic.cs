using System.Text.RegularExpressions;
using Glue.AttachedStores.Api;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Topics;

/// <summary>The Kafka topic that a store writes its events to.</summary>
/// <param name="Servers"><c>HOST:PORT</c> each.</param>
/// <param name="Name">The topic's.</param>
internal sealed partial record StoreTopic(IReadOnlyList<string> Servers, string Name)
{
    /// <summary>Servers as they are kept and shown.</summary>
    public string ServerList => string.Join(',', Servers);

    /// <exception cref="StoreRefusal">Something is missing or wrong.</exception>
    public static StoreTopic Of(string? servers, string? topic)
    {
        var list = (servers ?? "").Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (list.Length is 0 or > 20 || !list.All(IsServer))
        {
            throw new StoreRefusal(400, $"--notify kafka needs the brokers, --kafka HOST:PORT (several with commas); it was '{servers?[..Math.Min(servers.Length, 100)]}'.");
        }

        if (topic is null || !TopicPattern().IsMatch(topic) || topic is "." or "..")
        {
            throw new StoreRefusal(
                400, $"--notify kafka needs the topic that the store writes to, --topic NAME (1 to 249 letters, digits, dots, dashes and underscores); it was '{topic?[..Math.Min(topic.Length, 100)]}'.");
        }

        return new StoreTopic(list, topic);
    }

    /// <param name="store">Attached with <see cref="StoreNotify.Kafka"/>.</param>
    public static StoreTopic Of(AttachedStore store) => new(store.Settings.KafkaServers!.Split(','), store.Settings.KafkaTopic!);

    /// <summary>Also as part of an address, which is what the store is given.</summary>
    private static bool IsServer(string server) =>
        ServerPattern().IsMatch(server) && Uri.TryCreate($"kafka://{server}", UriKind.Absolute, out var address) && address.Port > 0;

    [GeneratedRegex(@"\A(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):[0-9]{1,5}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex ServerPattern();

    [GeneratedRegex(@"\A[A-Za-z0-9._-]{1,249}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TopicPattern();
}
