using System.Globalization;
using System.Text.Json;

namespace Glue.Dispatcher.EventSources.Filtering;

/// <summary>One rule for one value: a value to be equal to, or a comparison such as <c>{"prefix":"a"}</c>.</summary>
internal sealed class PatternRule
{
    private static readonly string[] Operators = ["=", ">", ">=", "<", "<="];

    private readonly Func<JsonElement?, bool> _test;

    private PatternRule(Func<JsonElement?, bool> test, bool isOfAbsence = false) => (_test, IsOfAbsence) = (test, isOfAbsence);

    /// <summary>It asks whether the field is there, not what it holds.</summary>
    public bool IsOfAbsence { get; }

    /// <param name="value">Null: the field is not there.</param>
    public bool Matches(JsonElement? value) => _test(value);

    /// <exception cref="FormatException">It is no rule.</exception>
    public static PatternRule Of(JsonElement json, string field)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.String:
                var wanted = json.GetString(); // the document does not outlive the parsing
                return OfText(text => text == wanted);
            case JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False or JsonValueKind.Null:
                var (kind, raw) = (json.ValueKind, json.GetRawText());
                return new PatternRule(value => value is { } given && given.ValueKind == kind && given.GetRawText() == raw); // 300 and 3.0e2 differ, as for EventBridge
            case JsonValueKind.Object when json.EnumerateObject().Count() == 1:
                var comparison = json.EnumerateObject().First();
                return Comparison(comparison.Name, comparison.Value, field);
            default:
                throw new FormatException($"a rule of '{field}' is a string, a number, true, false, null, or an object with one comparison");
        }
    }

    private static PatternRule OfText(Func<string, bool> test) =>
        new(value => value is { ValueKind: JsonValueKind.String } text && test(text.GetString()!));

    private static PatternRule Comparison(string name, JsonElement argument, string field) => name switch
    {
        "exists" => Exists(argument, field),
        "numeric" => Numeric(argument, field),
        "anything-but" => AnythingBut(argument, field),
        _ => OfText(TextTest(name, argument, field)),
    };

    private static Func<string, bool> TextTest(string name, JsonElement argument, string field)
    {
        var isKnown = name is "prefix" or "suffix" or "equals-ignore-case" or "wildcard";
        var isFolded = name is "prefix" or "suffix" && argument.ValueKind == JsonValueKind.Object && argument.TryGetProperty("equals-ignore-case", out _);
        argument = isFolded ? argument.GetProperty("equals-ignore-case") : argument;
        if (!isKnown || argument.ValueKind != JsonValueKind.String)
        {
            throw new FormatException(isKnown
                ? $"'{name}' of '{field}' must be a string"
                : $"'{name}' of '{field}' is no comparison (there are prefix, suffix, equals-ignore-case, wildcard, anything-but, numeric, exists)");
        }

        var wanted = argument.GetString()!;
        var comparison = isFolded ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        return name switch
        {
            "prefix" => text => text.StartsWith(wanted, comparison),
            "suffix" => text => text.EndsWith(wanted, comparison),
            "wildcard" => Wildcard.Parse(wanted, field).Matches,
            _ => text => text.Equals(wanted, StringComparison.OrdinalIgnoreCase),
        };
    }

    private static PatternRule Exists(JsonElement argument, string field) => argument.ValueKind switch
    {
        JsonValueKind.True => new PatternRule(static value => value is { ValueKind: not JsonValueKind.Object }, isOfAbsence: true), // leaves alone, as for EventBridge
        JsonValueKind.False => new PatternRule(static value => value is null or { ValueKind: JsonValueKind.Object }, isOfAbsence: true),
        _ => throw new FormatException($"'exists' of '{field}' must be true or false"),
    };

    private static PatternRule Numeric(JsonElement argument, string field)
    {
        var fault = new FormatException($"'numeric' of '{field}' must be a list such as [\">\", 0, \"<=\", 5]");
        if (argument.ValueKind != JsonValueKind.Array || argument.GetArrayLength() is not (2 or 4))
        {
            throw fault;
        }

        var tests = new List<(string Operator, double Number)>();
        for (var i = 0; i < argument.GetArrayLength(); i += 2)
        {
            var (sign, number) = (argument[i], argument[i + 1]);
            tests.Add(sign.ValueKind == JsonValueKind.String && number.ValueKind == JsonValueKind.Number && Operators.Contains(sign.GetString())
                ? (sign.GetString()!, double.Parse(number.GetRawText(), CultureInfo.InvariantCulture))
                : throw fault);
        }

        return new PatternRule(value => value is { ValueKind: JsonValueKind.Number } number && number.TryGetDouble(out var given) && tests.TrueForAll(test => test.Operator switch
        {
            "=" => given == test.Number,
            ">" => given > test.Number,
            ">=" => given >= test.Number,
            "<" => given < test.Number,
            _ => given <= test.Number,
        }));
    }

    /// <summary>The field is there and holds none of these.</summary>
    private static PatternRule AnythingBut(JsonElement argument, string field)
    {
        IReadOnlyList<PatternRule> not = argument.ValueKind switch
        {
            JsonValueKind.Array when argument.GetArrayLength() > 0 => [.. argument.EnumerateArray().Select(each => Plain(each, field))],
            JsonValueKind.Object when argument.EnumerateObject().Count() == 1 => OfComparison(argument.EnumerateObject().First(), field),
            _ => [Plain(argument, field)],
        };
        return new PatternRule(value => value is { ValueKind: not JsonValueKind.Object } && !not.Any(rule => rule.Matches(value)));
    }

    /// <summary>The comparisons that <c>anything-but</c> turns round take one text or a list of them.</summary>
    private static List<PatternRule> OfComparison(JsonProperty comparison, string field) =>
        comparison.Value.ValueKind == JsonValueKind.Array
            ? [.. comparison.Value.EnumerateArray().Select(each => Comparison(comparison.Name, each, field))]
            : [Comparison(comparison.Name, comparison.Value, field)];

    private static PatternRule Plain(JsonElement json, string field) => json.ValueKind is JsonValueKind.String or JsonValueKind.Number or JsonValueKind.Null
        ? Of(json, field)
        : throw new FormatException($"'anything-but' of '{field}' takes strings, numbers, a list of them, or one comparison");
}
