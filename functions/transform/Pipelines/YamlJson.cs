using System.Text.Json;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Glue.Functions.Transform.Pipelines;

/// <summary>
/// YAML as JSON, by the parser's events alone: no reflection, so it survives ahead-of-time compilation. JSON is YAML too. Plain scalars are
/// what YAML's JSON schema makes of them; anchors and tags are refused.
/// </summary>
internal static class YamlJson
{
    private const int MostLevels = 32;

    /// <exception cref="FormatException">It is not YAML; says where.</exception>
    public static JsonDocument Parse(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                var levels = new Stack<Level>();
                var documents = 0;
                while (parser.MoveNext())
                {
                    if (parser.Current is DocumentStart && ++documents > 1)
                    {
                        throw Fault(parser.Current, "a second document begins; a pipeline is one");
                    }

                    Write(parser.Current!, json, levels);
                }
            }

            return JsonDocument.Parse(bytes.ToArray());
        }
        catch (YamlException e)
        {
            throw new FormatException($"line {e.Start.Line}, column {e.Start.Column}: {e.Message}", e);
        }
        catch (JsonException e)
        {
            throw new FormatException("it is empty", e);
        }
    }

    private static void Write(ParsingEvent current, Utf8JsonWriter json, Stack<Level> levels)
    {
        if (current is NodeEvent node)
        {
            Check(node, levels);
        }

        levels.TryPeek(out var around);
        switch (current)
        {
            case MappingStart:
                json.WriteStartObject();
                levels.Push(new Level([]));
                return;
            case SequenceStart:
                json.WriteStartArray();
                levels.Push(new Level(null));
                return;
            case MappingEnd:
                json.WriteEndObject();
                levels.Pop();
                break;
            case SequenceEnd:
                json.WriteEndArray();
                levels.Pop();
                break;
            case AnchorAlias alias:
                throw Fault(alias, $"references (*{alias.Value}) are not taken");
            case Scalar name when around is { Names: not null, IsName: true }:
                if (!around.Names.Add(name.Value))
                {
                    throw Fault(name, $"'{name.Value}' is there twice");
                }

                json.WritePropertyName(name.Value);
                around.IsName = false;
                return;
            case Scalar scalar:
                Write(scalar, json);
                break;
            default:
                return; // document and stream marks, comments
        }

        if (levels.TryPeek(out var outer))
        {
            outer.IsName = outer.Names is not null; // a name follows
        }
    }

    private static void Check(NodeEvent node, Stack<Level> levels)
    {
        if (!node.Anchor.IsEmpty)
        {
            throw Fault(node, $"anchors (&{node.Anchor.Value}) are not taken");
        }

        if (!node.Tag.IsEmpty)
        {
            throw Fault(node, $"tags ({node.Tag.Value}) are not taken");
        }

        if (node is not Scalar && levels.TryPeek(out var around) && around is { Names: not null, IsName: true })
        {
            throw Fault(node, "a name is a plain text");
        }

        if (levels.Count >= MostLevels)
        {
            throw Fault(node, $"there are more than {MostLevels} levels");
        }
    }

    private static FormatException Fault(ParsingEvent at, string reason) => new($"line {at.Start.Line}, column {at.Start.Column}: {reason}");

    private static void Write(Scalar scalar, Utf8JsonWriter json)
    {
        if (scalar.Style != ScalarStyle.Plain)
        {
            json.WriteStringValue(scalar.Value);
            return;
        }

        switch (scalar.Value)
        {
            case "" or "~" or "null":
                json.WriteNullValue();
                break;
            case "true" or "false":
                json.WriteBooleanValue(scalar.Value == "true");
                break;
            default:
                if (long.TryParse(scalar.Value, System.Globalization.NumberStyles.AllowLeadingSign, System.Globalization.CultureInfo.InvariantCulture, out var number))
                {
                    json.WriteNumberValue(number);
                }
                else
                {
                    json.WriteStringValue(scalar.Value);
                }

                break;
        }
    }

    /// <param name="names">Those of a mapping so far; null: a sequence.</param>
    private sealed class Level(HashSet<string>? names)
    {
        public HashSet<string>? Names { get; } = names;

        /// <summary>The next scalar is a name.</summary>
        public bool IsName { get; set; } = names is not null;
    }
}
