using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>Breaks things in ways that have broken servers: everything from one source of chance, so that a seed gives the same again.</summary>
internal sealed class Mutations(Random random)
{
    private static readonly string[] Methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS", "BREW"];

    private static readonly string[] Segments =
        ["", ".", "..", "%2e%2e", "%00", "%2F", "%ff%fe", "a%20b", "%C3%BC", "%F0%9F%98%80", "$LATEST", "function:x", "arn:aws:lambda:us-east-1:000000000000:function:f", "9999999999999999999999", "-1", "*", "{}"];

    private static readonly string[] Texts =
    [
        "", " ", "\0", "\u2028", "x", "-1", "0", "1e999", "NaN", "null", "true", "../../etc/passwd", "arn:aws:lambda:us-east-1:111111111111:function:f", "$LATEST", "\ud83d\ude00", "'\"><", "%s%n", "{{7*7}}",
    ];

    private static readonly string[] Headers =
        ["Content-Type", "Content-MD5", "Range", "If-Match", "If-None-Match", "If-Modified-Since", "Expect", "Accept-Encoding", "X-Amz-Invocation-Type", "X-Amz-Log-Type", "X-Amz-Client-Context",
         "X-Amz-Target", "X-Amz-Copy-Source", "X-Amz-Acl", "X-Amz-Tagging", "X-Amz-Sdk-Checksum-Algorithm", "X-Amz-Checksum-Crc32", "X-Amz-Date", "X-Amz-Security-Token", "X-Forwarded-For", "traceparent", "Origin"];

    public T Pick<T>(IReadOnlyList<T> of) => of[random.Next(of.Count)];

    public bool OneIn(int times) => random.Next(times) == 0;

    public string Method(string method) => OneIn(8) ? Pick(Methods) : method;

    /// <summary>Path and query with a part left out, repeated or replaced.</summary>
    public string Target(string target)
    {
        if (!OneIn(3))
        {
            return target;
        }

        var parts = target.Split('?', 2);
        var segments = parts[0].Split('/').ToList();
        var at = random.Next(1, segments.Count + 1);
        switch (random.Next(4))
        {
            case 0 when at < segments.Count:
                segments.RemoveAt(at);
                break;
            case 1:
                segments.Insert(Math.Min(at, segments.Count), Pick(Segments));
                break;
            case 2 when at < segments.Count:
                segments[at] = OneIn(8) ? new string('x', random.Next(1, 9000)) : Pick(Segments);
                break;
            default:
                var extra = $"{Uri.EscapeDataString(Pick(["Qualifier", "Marker", "MaxItems", "uploadId", "versionId", "prefix", "max-keys", "List", "tagKeys", "RevisionId"]))}={Uri.EscapeDataString(Pick(Texts).Replace("\0", "%00", StringComparison.Ordinal))}";
                return $"{target}{(parts.Length > 1 ? '&' : '?')}{extra}";
        }

        var path = string.Join('/', segments);
        return (path.StartsWith('/') ? path : "/" + path) + (parts.Length > 1 ? "?" + parts[1] : "");
    }

    public IEnumerable<(string Name, string Value)> ExtraHeaders()
    {
        for (var i = random.Next(4) - 1; i > 0; i--)
        {
            yield return (Pick(Headers), Pick<string>(["", "x", "bytes=0-", "bytes=-1", "bytes=9-1,2", "Event", "Tail", "e30=", "application/xml", "100-continue", "0", "\"x\"", "*", "Mon, 01 Jan 2001 00:00:00 GMT", new string('y', random.Next(3000))]));
        }
    }

    /// <summary>JSON with values replaced, or bytes broken; other text with bytes broken.</summary>
    public byte[] Body(string body)
    {
        if (OneIn(4))
        {
            return Bytes(Encoding.UTF8.GetBytes(body));
        }

        try
        {
            var json = JsonNode.Parse(body);
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                json = Replace(json);
            }

            return Encoding.UTF8.GetBytes(json?.ToJsonString() ?? "null");
        }
        catch (JsonException)
        {
            return Bytes(Encoding.UTF8.GetBytes(body));
        }
    }

    private byte[] Bytes(byte[] bytes)
    {
        var broken = bytes.ToList();
        for (var i = random.Next(1, 6); i > 0 && broken.Count > 0; i--)
        {
            var at = random.Next(broken.Count);
            switch (random.Next(4))
            {
                case 0:
                    broken[at] = (byte)random.Next(256);
                    break;
                case 1:
                    broken.RemoveRange(at, Math.Min(random.Next(1, 20), broken.Count - at));
                    break;
                case 2:
                    broken.InsertRange(at, broken.Skip(at).Take(random.Next(1, 50)).ToList());
                    break;
                default:
                    broken.RemoveRange(at, broken.Count - at);
                    break;
            }
        }

        return [.. broken];
    }

    private JsonNode? Replace(JsonNode? json)
    {
        switch (json)
        {
            case JsonObject { Count: > 0 } members when !OneIn(6):
                var name = Pick(members.Select(static member => member.Key).ToList());
                if (OneIn(5))
                {
                    members.Remove(name);
                }
                else
                {
                    var value = members[name];
                    members[name] = null;
                    members[name] = Replace(value);
                }

                return members;
            case JsonArray { Count: > 0 } items when !OneIn(4):
                var at = random.Next(items.Count);
                var item = items[at];
                items[at] = null;
                items[at] = Replace(item);
                return items;
            default:
                return Value();
        }
    }

    private JsonNode? Value() => random.Next(9) switch
    {
        0 => null,
        1 => JsonValue.Create(Pick(Texts)),
        2 => JsonValue.Create(random.Next(-2, 3)),
        3 => JsonNode.Parse(Pick<string>(["1e308", "-9223372036854775809", "99999999999999999999999999", "0.1", "-0"])),
        4 => JsonValue.Create(OneIn(2)),
        5 => new JsonArray(Enumerable.Range(0, random.Next(60)).Select(_ => (JsonNode?)JsonValue.Create(Pick(Texts))).ToArray()),
        6 => new JsonObject { [Pick(Texts)] = JsonValue.Create(Pick(Texts)) },
        7 => JsonValue.Create(new string('z', random.Next(20_000))),
        _ => JsonNode.Parse(string.Concat(Enumerable.Repeat("[", 50)) + random.Next().ToString(CultureInfo.InvariantCulture) + string.Concat(Enumerable.Repeat("]", 50))),
    };
}
