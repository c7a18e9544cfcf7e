using System.Text.RegularExpressions;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Api;

/// <summary>Checks what somebody wants attached; every refusal says what to give instead.</summary>
internal static partial class StoreDrafts
{
    /// <exception cref="StoreRefusal">It cannot be attached like this.</exception>
    public static StoreDraft Of(string name, string account, StoreBody body)
    {
        if (!NamePattern().IsMatch(name) || name == AttachedStore.Embedded)
        {
            throw Bad($"'{name}' cannot be a store's name: 1 to 40 lower-case letters, digits and inner dashes, and not '{AttachedStore.Embedded}', which is the embedded store.");
        }

        var endpoint = Address(body.Endpoint, "endpoint");
        if (string.IsNullOrWhiteSpace(body.AccessKey) || string.IsNullOrWhiteSpace(body.SecretKey))
        {
            throw Bad("The store's access key and secret key are needed: --access-key and --secret-key.");
        }

        if (!Enum.TryParse<StoreNotify>(body.Notify ?? nameof(StoreNotify.Webhook), ignoreCase: true, out var notify) || !Enum.IsDefined(notify) || char.IsAsciiDigit((body.Notify ?? "w")[0]))
        {
            throw Bad($"notify '{body.Notify}' is not one of {string.Join(", ", Enum.GetNames<StoreNotify>()).ToLowerInvariant()}.");
        }

        if (notify != StoreNotify.Poll && (body.PollIntervalSeconds ?? (object?)body.PollExisting) is not null)
        {
            throw Bad("An interval, and whether existing objects are told, are of stores that are polled: --notify poll.");
        }

        if (notify != StoreNotify.Kafka && (body.KafkaServers ?? body.KafkaTopic ?? (object?)body.SetsNothing) is not null)
        {
            throw Bad("Brokers, a topic and --no-setup are of stores that write their events to Kafka: --notify kafka.");
        }

        var interval = body.PollIntervalSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : (TimeSpan?)null;
        if (interval < PollOptions.ShortestInterval || interval > PollOptions.LongestInterval)
        {
            throw Bad($"The interval is 1 s to 1 day; it was {interval.Value.TotalSeconds:0} s.");
        }

        return new StoreDraft(
            name, account, endpoint, body.Region ?? "us-east-1", body.PathStyle ?? !endpoint.Host.EndsWith(".amazonaws.com", StringComparison.OrdinalIgnoreCase),
            body.AccessKey, body.SecretKey, notify,
            new StoreSettings
            {
                EventsUrl = body.EventsUrl is null ? null : Address(body.EventsUrl, "events URL"), TargetArn = body.TargetArn,
                KafkaServers = body.KafkaServers, KafkaTopic = body.KafkaTopic, SetsNothing = body.SetsNothing ?? false,
                PollInterval = interval, PollsExisting = body.PollExisting ?? false,
            });
    }

    private static Uri Address(string? text, string what) =>
        text is { Length: <= 2048 } && Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        && url.UserInfo.Length == 0 && url.PathAndQuery == "/" && url.Fragment.Length == 0
            ? url
            : throw Bad($"The {what} is an http or https address without path, such as http://10.0.0.5:7480; it was '{text?[..Math.Min(text.Length, 100)]}'.");

    private static StoreRefusal Bad(string message) => new(400, message);

    [GeneratedRegex(@"\A[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}
