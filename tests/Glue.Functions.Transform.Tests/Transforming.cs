using System.Text;
using Glue.Functions.Objects;
using Glue.Functions.Transform.Pipelines;

namespace Glue.Functions.Transform.Tests;

/// <summary>Runs a pipeline over bytes.</summary>
internal static class Transforming
{
    public static Dictionary<string, byte[]> Bytes(string pipeline, byte[] input, string key)
    {
        using var objects = new MemoryObjects();
        var read = new PipelineReader("a secret of some length").Read(pipeline);
        new Transformer(read, objects, "", static () => TimeSpan.FromMinutes(1)).Transform(new MemoryStream(input), key);
        return objects.Written.ToDictionary(static written => written.Key, static written => written.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>The one result as text.</summary>
    public static string Text(string pipeline, string input, string key = "in.csv") =>
        Encoding.UTF8.GetString(Assert.Single(Bytes(pipeline, Encoding.UTF8.GetBytes(input), key)).Value);

    /// <summary>The reasons of the rejects, one after the other.</summary>
    public static string[] Reasons(string pipeline, byte[] input, string key = "in.csv") =>
    [
        .. Encoding.UTF8.GetString(Bytes(pipeline, input, key)[key + ".rejects.jsonl"]).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(static line => System.Text.Json.JsonDocument.Parse(line).RootElement.GetProperty("reason").GetString()!),
    ];

    /// <summary>One value of the expression over the record {"a": 7, "b": "text", "n": null, "f": 2.5}.</summary>
    public static string Value(string expression)
    {
        var pipeline = System.Text.Json.JsonSerializer.Serialize(new { steps = new object[] { new { derive = new { x = expression } }, new { select = new[] { "x" } } } });
        var line = Text(pipeline, """{"a":7,"b":"text","n":null,"f":2.5,"two words":"x"}""", "in.jsonl");
        return line[5..^2];
    }

    public static SettingsException Refused(string pipeline) => Assert.Throws<SettingsException>(() => new PipelineReader(null).Read(pipeline));
}
