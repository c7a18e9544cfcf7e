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
    /// <exception cref="FormatException">It is not YAML; says where.</exception>
    public static JsonDocument Parse(string text)
    {
        try
        {
            var parser = new Parser(new StringReader(text));
            using var bytes = new MemoryStream();
            using (var json = new Utf8JsonWriter(bytes))
            {
                var depth = new Stack<(bool IsMapping, bool IsName)>();
                while (parser.MoveNext())
                {
                    Write(parser.Current!, json, depth);
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

    private static void Write(ParsingEvent current, Utf8JsonWriter json, Stack<(bool IsMapping, bool IsName)> depth)
    {
        switch (current)
        {
            case MappingStart:
                json.WriteStartObject();
                depth.Push((true, true));
                return;
            case SequenceStart:
                json.WriteStartArray();
                depth.Push((false, false));
                return;
            case MappingEnd:
                json.WriteEndObject();
                depth.Pop();
                break;
            case SequenceEnd:
                json.WriteEndArray();
                depth.Pop();
                break;
            case AnchorAlias alias:
                throw new FormatException($"line {alias.Start.Line}: references (*{alias.Value}) are not taken");
            case Scalar name when depth.TryPeek(out var top) && top is { IsMapping: true, IsName: true }:
                json.WritePropertyName(name.Value);
                depth.Pop();
                depth.Push((true, false));
                return;
            case Scalar scalar:
                Write(scalar, json);
                break;
            default:
                return; // document and stream marks, comments
        }

        if (depth.TryPeek(out var around) && around.IsMapping)
        {
            depth.Pop();
            depth.Push((true, true)); // a name follows
        }
    }

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
}
