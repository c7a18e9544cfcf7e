using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.FunctionalTests;

/// <summary>A response, read to its end.</summary>
internal sealed record Answer(int Status, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Body);

    public string? ErrorType => Headers.GetValueOrDefault("x-amzn-ErrorType");

    public static async Task<Answer> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        return new Answer((int)response.StatusCode, await response.Content.ReadAsByteArrayAsync(), headers);
    }

    /// <summary>Fails unless it is a success.</summary>
    public void ExpectOk() => Assert.True(Status is >= 200 and < 300, $"{Status}: {Text}");

    /// <summary>Fails unless it is this error; returns its message.</summary>
    public string ExpectError(int status, string type)
    {
        Assert.True(status == Status && type == ErrorType, $"expected {status} {type}, got {Status} {ErrorType}: {Text}");
        return Json.GetProperty("message").GetString()!;
    }
}
