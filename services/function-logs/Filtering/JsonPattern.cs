using System.Text.Json;

namespace Glue.FunctionLogs.Filtering;

/// <summary>A condition on lines that are JSON objects; other lines never match.</summary>
internal sealed class JsonPattern(Func<JsonElement, bool> condition) : FilterPattern
{
    // Deeper documents do not match: the reader would refuse them.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 64 };

    public override bool Matches(ReadOnlySpan<byte> line)
    {
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty || line[0] != '{' || line[^1] != '}')
        {
            return false;
        }

        try
        {
            var reader = new Utf8JsonReader(line, Options);
            using var document = JsonDocument.ParseValue(ref reader);
            return reader.BytesConsumed == line.Length && condition(document.RootElement);
        }
        catch (JsonException)
        {
            return false; // looks like JSON, is not
        }
    }
}
