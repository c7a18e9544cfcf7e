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
    /// <exception cref="BadUrlAnswerException">It is neither, or no HTTP answer can be made of it.</exception>
    public static UrlResponse Read(ReadOnlyMemory<byte> payload)
    {
        var end = payload.Span.IndexOf(PreludeEnd);
        if (end >= 0)
        {
            return ReadPrelude(payload[..end]) with { Body = payload[(end + PreludeEnd.Length)..] };
        }

        return Parse(payload, json => json.ValueKind == JsonValueKind.Object && json.TryGetProperty("statusCode", out _)
            ? ReadObject(json)
            : new UrlResponse(200, [], [], payload));
    }

    /// <summary>Reads what comes before the body of a stream.</summary>
    /// <exception cref="BadUrlAnswerException">It is not what that has to be.</exception>
    public static UrlResponse ReadPrelude(ReadOnlyMemory<byte> prelude) => Parse(prelude, static json =>
        json.ValueKind == JsonValueKind.Object ? ReadObject(json) : throw new BadUrlAnswerException("the prelude of the stream is no JSON object"));

    /// <summary>May it stand in an answer's header? HTTP/1.1 has fields of visible ASCII, spaces and tabs (RFC 9110, 5.5); what is beyond means something else to every reader.</summary>
    public static bool IsFieldValue(string value) => value.All(static c => c is '\t' or (>= ' ' and <= '~'));

    private static UrlResponse Parse(ReadOnlyMemory<byte> text, Func<JsonElement, UrlResponse> read)
    {
        try
        {
            using var json = JsonDocument.Parse(text, AnyDepth);
            return read(json.RootElement);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // The latter: half a surrogate pair, which JSON's grammar lets pass and no text holds.
            throw new BadUrlAnswerException("the answer, or the prelude of its stream, is not JSON", e);
        }
    }

    private static UrlResponse ReadObject(JsonElement json) => new(ReadStatus(json), [.. ReadHeaders(json)], [.. ReadCookies(json)], ReadBody(json));

    private static int ReadStatus(JsonElement json) =>
        !json.TryGetProperty("statusCode", out var code) ? 200
        : int.TryParse(Text(code), NumberStyles.None, CultureInfo.InvariantCulture, out var status) && status is >= 200 and <= 599 ? status
        : throw new BadUrlAnswerException("statusCode is no number from 200 to 599");

    private static IEnumerable<KeyValuePair<string, string>> ReadHeaders(JsonElement json)
    {
        if (!json.TryGetProperty("headers", out var given) || given.ValueKind == JsonValueKind.Null)
        {
            yield break;
        }

        if (given.ValueKind != JsonValueKind.Object)
        {
            throw new BadUrlAnswerException("headers is no object");
        }

        foreach (var header in given.EnumerateObject())
        {
            if (header.Name.Length == 0 || header.Name.AsSpan().ContainsAnyExcept(Token))
            {
                throw new BadUrlAnswerException("the name of a header is not one that HTTP has: letters, digits and a few signs of ASCII");
            }

            yield return new(header.Name, Field(header.Name, header.Value));
        }
    }

    private static IEnumerable<string> ReadCookies(JsonElement json) =>
        !json.TryGetProperty("cookies", out var list) || list.ValueKind == JsonValueKind.Null ? []
        : list.ValueKind == JsonValueKind.Array ? list.EnumerateArray().Select(static cookie => Field("Set-Cookie", cookie))
        : throw new BadUrlAnswerException("cookies is no array");

    private static string Field(string name, JsonElement value) =>
        Text(value) is not { } text ? throw new BadUrlAnswerException($"the header {name} is no text")
        : IsFieldValue(text) ? text
        : throw new BadUrlAnswerException($"the header {name} has a character that no header may have: only those of ASCII from the space to ~, and tabs");

    private static byte[] ReadBody(JsonElement json)
    {
        if (!json.TryGetProperty("body", out var body) || body.ValueKind == JsonValueKind.Null)
        {
            return [];
        }

        if (body.ValueKind != JsonValueKind.String)
        {
            throw new BadUrlAnswerException("body is no text");
        }

        return !json.TryGetProperty("isBase64Encoded", out var coded) || coded.ValueKind != JsonValueKind.True ? Encoding.UTF8.GetBytes(body.GetString()!)
            : body.TryGetBytesFromBase64(out var bytes) ? bytes
            : throw new BadUrlAnswerException("body is not the base64 that isBase64Encoded says");
    }

    private static string? Text(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };
}
