using System.Text;
using System.Text.Json;
using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.Tests.Intake;

public sealed class RejectedRecordJsonTests
{
    [Fact]
    public void An_ordinary_message_is_whole()
    {
        var json = Written("k", "why", "{\"a\":\"ü😀\\u0001\"}"u8.ToArray());

        Assert.Equal(
            ("why", "t", 3, 9, "k", "{\"a\":\"ü😀\\u0001\"}"),
            (Text(json, "reason"), Text(json, "topic"), json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64(), Text(json, "key"), Text(json, "value")));
        Assert.False(json.TryGetProperty("truncated", out _));
    }

    [Theory]
    [InlineData("a")]
    [InlineData("\u0001")]
    [InlineData("\"")]
    [InlineData("ü")]
    [InlineData("€")]
    [InlineData("x😀")]
    public void A_large_text_is_cut_between_characters_below_the_limit(string character)
    {
        var value = Repeated(character, 1_000_000);
        var key = Repeated(character, 500_000);

        var json = Written(key, key, Encoding.UTF8.GetBytes(value));

        Assert.True(json.GetProperty("truncated").GetBoolean());
        Assert.Equal((3, 9), (json.GetProperty("partition").GetInt32(), json.GetProperty("offset").GetInt64()));
        Assert.All(["reason", "key"], name => Assert.StartsWith(Text(json, name), key, StringComparison.Ordinal));
        Assert.StartsWith(Text(json, "value"), value, StringComparison.Ordinal);
        Assert.True(Text(json, "value").Length > 100_000);
    }

    [Fact]
    public void Large_bytes_are_cut_too()
    {
        var value = new byte[1_000_000];
        new Random(1).NextBytes(value);

        var json = Written("k", "why", value);

        Assert.True(json.GetProperty("truncated").GetBoolean());
        Assert.Equal(value[..600_000], json.GetProperty("valueBase64").GetBytesFromBase64());
    }

    private static string Repeated(string character, int bytes) =>
        new StringBuilder().Insert(0, character, bytes / Encoding.UTF8.GetByteCount(character)).ToString();

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static JsonElement Written(string key, string reason, byte[] value)
    {
        var written = RejectedRecordJson.Write(new RejectedRecord(9, DateTimeOffset.UnixEpoch, key, reason, value, 3), "t");
        Assert.True(written.Length < RejectedRecordJson.Limit, $"{written.Length} bytes");
        return JsonSerializer.Deserialize<JsonElement>(written);
    }
}
