using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.Idempotency;

/// <summary>
/// When two events of a function are the same to it, and for how long: its tags <c>glue:idempotency</c> (<c>off</c>, <c>event</c>, or one or more JSON
/// paths, <c>$.order.id,$.item</c>) and <c>glue:idempotency-ttl</c> (<c>90s</c>, <c>30m</c>, <c>24h</c>, <c>7d</c>; 24 h unless given).
/// Tags, because every tool that deploys functions sets them.
/// </summary>
internal sealed class IdempotencyRule
{
    public const string Tag = "glue:idempotency";
    public const string TtlTag = "glue:idempotency-ttl";

    private static readonly TimeSpan DefaultTtl = TimeSpan.FromHours(24);
    private static readonly TimeSpan MaxTtl = TimeSpan.FromDays(365);

    private readonly string _scope;
    private readonly JsonPath[] _paths; // none: the whole event

    private IdempotencyRule(string scope, JsonPath[] paths, TimeSpan ttl) => (_scope, _paths, Ttl) = (scope, paths, ttl);

    /// <summary>How long an outcome is kept.</summary>
    public TimeSpan Ttl { get; }

    /// <returns>Null: the function is not idempotent.</returns>
    /// <exception cref="FormatException">The tags say something else; the message tells what they may say.</exception>
    public static IdempotencyRule? Of(string accountId, string functionName, IReadOnlyDictionary<string, string> tags)
    {
        var ttl = tags.TryGetValue(TtlTag, out var time) ? ReadTtl(time) : DefaultTtl;
        return tags.GetValueOrDefault(Tag) switch
        {
            null or "off" => null,
            "event" => new IdempotencyRule($"{accountId}\n{functionName}\n", [], ttl),
            var text => new IdempotencyRule($"{accountId}\n{functionName}\n", ReadPaths(text), ttl),
        };
    }

    /// <summary>SHA-256 over the function and what its rule looks at.</summary>
    /// <returns>Null: the event has nothing at one of the places, and is run as if there were no rule.</returns>
    public IdempotencyKey? KeyOf(ReadOnlyMemory<byte> payload)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(_scope));
        if (_paths.Length == 0)
        {
            hash.AppendData(payload.Span);
            return new IdempotencyKey(hash.GetHashAndReset());
        }

        using var document = JsonDocument.Parse(payload, new JsonDocumentOptions { MaxDepth = 1000 });
        foreach (var path in _paths)
        {
            if (Find(path, document.RootElement) is not { ValueKind: not JsonValueKind.Null } value)
            {
                return null;
            }

            hash.AppendData(Encoding.UTF8.GetBytes(value.GetRawText()));
            hash.AppendData("\n"u8);
        }

        return new IdempotencyKey(hash.GetHashAndReset());
    }

    private static JsonElement? Find(JsonPath path, JsonElement root)
    {
        try
        {
            return path.Find(root);
        }
        catch (InvalidOperationException)
        {
            return null; // a name beside it escapes half a surrogate pair, and cannot be compared
        }
    }

    private static JsonPath[] ReadPaths(string text) => [.. text.Split(',', StringSplitOptions.TrimEntries).Select(path =>
        JsonPath.Parse(path) ?? throw new FormatException(
            $"Tag {Tag} is off, event, or JSON paths to one value each, such as $.order.id or $.order.id,$.items[0]['sku']; it was '{text}'."))];

    private static TimeSpan ReadTtl(string text)
    {
        var unit = text.Length > 1 ? text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3600, 'd' => 86_400, _ => 0 } : 0;
        return unit > 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && TimeSpan.FromSeconds((double)unit * count) is var ttl && ttl >= TimeSpan.FromSeconds(1) && ttl <= MaxTtl
            ? ttl
            : throw new FormatException($"Tag {TtlTag} is a number with s, m, h or d behind it, 1s to 365d; it was '{text}'.");
    }
}
