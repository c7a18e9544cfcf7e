using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>What a function answers to a call of its URL: status, headers, cookies, and a body unless that follows.</summary>
/// <param name="Status">200 to 599.</param>
/// <param name="Headers">As the function named them.</param>
/// <param name="Cookies">Each a value of Set-Cookie.</param>
/// <param name="Body">Empty for the prelude of a stream.</param>
internal sealed record UrlResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, IReadOnlyList<string> Cookies, ReadOnlyMemory<byte> Body)
{
    /// <summary>What ends the prelude of a stream. No JSON holds it.</summary>
    public static ReadOnlySpan<byte> PreludeEnd => "\0\0\0\0\0\0\0\0"u8;

    private static readonly JsonDocumentOptions AnyDepth = new() { MaxDepth = 1000 };

    private static readonly SearchValues<char> Token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>
    /// Reads an answer: an object with <c>statusCode</c> says all of it, any other JSON is the body of a 200. One that was made for a stream, with a
    /// prelude, is understood as well.
    /// </summary>
    /// <returns>Null: it is neither, and nobody can know what was meant.</returns>
    public static UrlResponse? Read(ReadOnlyMemory<byte> payload)
    {
        var end = payload.Span.IndexOf(PreludeEnd);
        if (end >= 0)
        {
            return ReadPrelude(payload[..end]) is { } prelude ? prelude with { Body = payload[(end + PreludeEnd.Length)..] } : null;
        }

        return Parse(payload, json => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("statusCode", out _)
            ? ReadObject(json)
            : new UrlResponse(200, [], [], payload));
    }

    /// <summary>Reads what comes before the body of a stream.</summary>
    public static UrlResponse? ReadPrelude(ReadOnlyMemory<byte> prelude) =>
        Parse(prelude, static json => json.ValueKind == JsonValueKind.Object ? ReadObject(json) : null);

    private static UrlResponse? Parse(ReadOnlyMemory<byte> text, Func<JsonElement, UrlResponse?> read)
    {
        try
        {
            using var json = JsonDocument.Parse(text, AnyDepth);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // the latter: half a surrogate pair, which JSON's grammar lets pass and no text holds
        }
    }

    private static UrlResponse? ReadObject(JsonElement json)
    {
        var headers = new List<KeyValuePair<string, string>>();
        var cookies = new List<string>();
        var status = 200;
        if (json.TryGetProperty("statusCode", out var code) && !(int.TryParse(Text(code), NumberStyles.None, CultureInfo.InvariantCulture, out status) && status is >= 200 and <= 599))
        {
            return null;
        }

        if (json.TryGetProperty("headers", out var given) && given.ValueKind != JsonValueKind.Null)
        {
            if (given.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            foreach (var header in given.EnumerateObject())
            {
                if (Text(header.Value) is not { } value || !IsHeader(header.Name, value))
                {
                    return null;
                }

                headers.Add(new(header.Name, value));
            }
        }

        if (json.TryGetProperty("cookies", out var list) && list.ValueKind == JsonValueKind.Array)
        {
            cookies.AddRange(list.EnumerateArray().Select(Text).OfType<string>());
        }

        return cookies.TrueForAll(static cookie => IsHeader("Set-Cookie", cookie)) && ReadBody(json) is { } body
            ? new UrlResponse(status, headers, cookies, body)
            : null;
    }

    private static byte[]? ReadBody(JsonElement json)
    {
        if (!json.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (body.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        return !json.TryGetProperty("isBase64Encoded", out var coded) || coded.ValueKind != JsonValueKind.True ? Encoding.UTF8.GetBytes(body.GetString()!)
            : body.TryGetBytesFromBase64(out var bytes) ? bytes
            : null;
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static bool IsHeader(string name, string value) =>
        name.Length > 0 && !name.AsSpan().ContainsAnyExcept(Token) && !value.Any(char.IsControl);
}
