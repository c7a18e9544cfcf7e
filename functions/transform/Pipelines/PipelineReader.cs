using System.Text;
using System.Text.Json;
using Glue.Functions.Objects;
using Glue.Functions.Transform.Expressions;
using Glue.Functions.Transform.Records;
using Glue.Functions.Transform.Steps;

namespace Glue.Functions.Transform.Pipelines;

/// <summary>Reads a declared pipeline and refuses what it does not know, by name.</summary>
/// <param name="pseudonymKey"><c>PSEUDONYM_KEY</c>; null: there is none.</param>
internal sealed class PipelineReader(string? pseudonymKey)
{
    private const int LeastKeyLength = 16;

    /// <exception cref="SettingsException">It cannot be carried out; says where and why.</exception>
    public Pipeline Read(string text)
    {
        try
        {
            using var document = YamlJson.Parse(text);
            var root = document.RootElement;
            Check(root, "the pipeline", "input", "steps", "output", "rejects");
            return new Pipeline
            {
                Input = Input(Part(root, "input")),
                Steps = Part(root, "steps") is { } steps ? Steps(steps) : [],
                Output = Output(Part(root, "output")),
                MostRejects = Part(root, "rejects") is { } rejects ? Rejects(rejects) : 1_000,
            };
        }
        catch (Exception e) when (e is FormatException or ExpressionException)
        {
            throw new SettingsException($"TRANSFORM: {e.Message}");
        }
    }

    private static Pipeline.InputSide Input(JsonElement? side)
    {
        if (side is not { } input)
        {
            return new(null, null, true, null);
        }

        Check(input, "input", "format", "delimiter", "header", "charset");
        return new(
            Part(input, "format") is { } format ? Format(Text(format, "input.format")) : null,
            Part(input, "delimiter") is { } delimiter ? Delimiter(Text(delimiter, "input.delimiter")) : null,
            Part(input, "header") is not { } header || Flag(header, "input.header"),
            Part(input, "charset") is { } charset ? Charset(Text(charset, "input.charset")) : null);
    }

    private static Pipeline.OutputSide Output(JsonElement? side)
    {
        if (side is not { } output)
        {
            return new(RecordFormat.JsonLines, (byte)',', true, "\n"u8.ToArray(), Packing.None, null, null);
        }

        Check(output, "output", "format", "delimiter", "header", "lineEnd", "compression", "split");
        var split = Part(output, "split");
        if (split is { } limits)
        {
            Check(limits, "output.split", "rows", "bytes");
        }

        return new(
            Part(output, "format") is { } format ? Format(Text(format, "output.format")) : RecordFormat.JsonLines,
            Part(output, "delimiter") is { } delimiter ? Delimiter(Text(delimiter, "output.delimiter")) : (byte)',',
            Part(output, "header") is not { } header || Flag(header, "output.header"),
            Part(output, "lineEnd") is not { } end ? "\n"u8.ToArray() : Text(end, "output.lineEnd") switch
            {
                "lf" => "\n"u8.ToArray(),
                "crlf" => "\r\n"u8.ToArray(),
                var other => throw new FormatException($"output.lineEnd is '{other}': it can be lf or crlf"),
            },
            Part(output, "compression") is not { } packing ? Packing.None : Text(packing, "output.compression") switch
            {
                "none" => Packing.None,
                "gzip" => Packing.Gzip,
                "zstd" => Packing.Zstd,
                var other => throw new FormatException($"output.compression is '{other}': it can be none, gzip or zstd"),
            },
            split is { } s1 && Part(s1, "rows") is { } rows ? Size(rows, "output.split.rows") : null,
            split is { } s2 && Part(s2, "bytes") is { } bytes ? Size(bytes, "output.split.bytes") : null);
    }

    private static long Rejects(JsonElement rejects)
    {
        Check(rejects, "rejects", "limit");
        return Part(rejects, "limit") is not { } limit ? 1_000
            : limit.ValueKind == JsonValueKind.Number && limit.TryGetInt64(out var number) && number is >= 0 and <= 100_000 ? number
            : throw new FormatException("rejects.limit is a whole number from 0 to 100000");
    }

    private List<Step> Steps(JsonElement steps)
    {
        if (steps.ValueKind != JsonValueKind.Array)
        {
            throw new FormatException("steps is a list");
        }

        return [.. steps.EnumerateArray().Select((step, i) => One(step, $"steps[{i + 1}]"))];
    }

    private Step One(JsonElement step, string where)
    {
        if (step.ValueKind != JsonValueKind.Object || step.EnumerateObject().Count() != 1)
        {
            throw new FormatException($"{where} is one step with its name, as 'filter: price > 10'");
        }

        var (name, value) = (step.EnumerateObject().First().Name, step.EnumerateObject().First().Value);
        where = $"{where}.{name}";
        return name switch
        {
            "select" => Layouts.Select(Names(value, where)),
            "drop" => Layouts.Drop(Names(value, where).ToHashSet(StringComparer.Ordinal)),
            "rename" => Rename(Pairs(value, where).ToDictionary(StringComparer.Ordinal), where),
            "cast" => new ValueStep([.. Pairs(value, where).Select(static pair => (pair.Key, Casts.Find(pair.Value)))]),
            "filter" => new FilterStep(ExpressionParser.Parse(Text(value, where))),
            "derive" => Layouts.Derive([.. Pairs(value, where).Select(static pair => (pair.Key, ExpressionParser.Parse(pair.Value)))]),
            "hash" => new ValueStep([.. Names(value, where).Select(static column => (column, (Func<Value, Value>)Digests.Hash))], mustBeThere: true),
            "pseudonymise" => new ValueStep([.. Names(value, where).Select(column => (column, Pseudonyms(where)))], mustBeThere: true),
            _ => throw new FormatException($"{where}: there is no such step; there are select, drop, rename, cast, filter, derive, hash and pseudonymise"),
        };
    }

    private static LayoutStep Rename(Dictionary<string, string> names, string where)
    {
        Distinct([.. names.Values], where);
        return Layouts.Rename(names);
    }

    /// <exception cref="FormatException">A name stands there twice.</exception>
    private static List<string> Distinct(List<string> names, string where)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        return names.Find(name => !seen.Add(name)) is { } twice ? throw new FormatException($"{where} names '{twice}' twice") : names;
    }

    private Func<Value, Value> Pseudonyms(string where) => pseudonymKey is { Length: >= LeastKeyLength }
        ? Digests.Pseudonyms(pseudonymKey)
        : throw new FormatException($"{where} needs a secret of at least {LeastKeyLength} characters in PSEUDONYM_KEY");

    private static RecordFormat Format(string text) => text switch
    {
        "csv" => RecordFormat.Csv,
        "json" => RecordFormat.Json,
        "jsonl" => RecordFormat.JsonLines,
        "text" => RecordFormat.Text,
        _ => throw new FormatException($"there is no format '{text}'; there are csv, json, jsonl and text"),
    };

    private static byte Delimiter(string text) => text switch
    {
        "tab" => (byte)'\t',
        [var c] when char.IsAscii(c) && c is not ('"' or '\r' or '\n') => (byte)c,
        _ => throw new FormatException($"the delimiter '{text}' is not one character, nor 'tab'"),
    };

    private static Encoding Charset(string name)
    {
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
        try
        {
            return Encoding.GetEncoding(name);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException) // utf-7
        {
            throw new FormatException($"there is no charset '{name}'; write utf-8, windows-1252, iso-8859-15, utf-16, shift_jis or the like", e);
        }
    }

    private static long Size(JsonElement value, string where) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) && number > 0 ? number
        : value.ValueKind == JsonValueKind.String && Settings.TryBytes(value.GetString()!, out number) ? number
        : throw new FormatException($"{where} is a number above 0, as 100000 or 64M");

    private static string Text(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => value.GetRawText(),
        _ => throw new FormatException($"{where} is a text"),
    };

    private static bool Flag(JsonElement value, string where) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw new FormatException($"{where} is true or false"),
    };

    private static List<string> Names(JsonElement value, string where) => value.ValueKind == JsonValueKind.Array
        ? Distinct([.. value.EnumerateArray().Select(name => Text(name, where))], where)
        : throw new FormatException($"{where} is a list of columns");

    private static IEnumerable<KeyValuePair<string, string>> Pairs(JsonElement value, string where) => value.ValueKind == JsonValueKind.Object
        ? value.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, Text(pair.Value, $"{where}.{pair.Name}")))
        : throw new FormatException($"{where} is columns with something for each");

    private static JsonElement? Part(JsonElement element, string name) =>
        element.TryGetProperty(name, out var part) && part.ValueKind != JsonValueKind.Null ? part : null;

    private static void Check(JsonElement element, string where, params ReadOnlySpan<string> known)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            throw new FormatException($"{where} is not a set of names and values");
        }

        foreach (var property in element.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                throw new FormatException($"{where} has '{property.Name}', which is not known; it can have {string.Join(", ", known.ToArray())}");
            }
        }
    }
}
