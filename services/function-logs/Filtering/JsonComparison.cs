using System.Globalization;
using System.Text.Json;

namespace Glue.FunctionLogs.Filtering;

/// <summary>
/// <c>=</c>, <c>!=</c> with text (in which <c>*</c> stands for any text) or a number; <c>&lt;</c>, <c>&lt;=</c>, <c>&gt;</c>, <c>&gt;=</c> with a number. A
/// field that is missing or no single value matches nothing, also not <c>!=</c>.
/// </summary>
/// <param name="Operator">One of those.</param>
/// <param name="Text">The value as written.</param>
/// <param name="IsQuoted">True: never a number.</param>
internal sealed record JsonComparison(string Operator, string Text, bool IsQuoted)
{
    private readonly double? _number = !IsQuoted && double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    public bool IsNumeric => _number is not null;

    public bool Matches(JsonElement? field) => field is { } value && value.ValueKind switch
    {
        JsonValueKind.Number when _number is { } number => Compare(value.GetDouble(), number),
        JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False => CompareText(value.GetRawText()),
        JsonValueKind.String => CompareText(value.GetString()!),
        _ => false,
    };

    private bool Compare(double value, double number) => Operator switch
    {
        "=" => value == number,
        "!=" => value != number,
        "<" => value < number,
        "<=" => value <= number,
        ">" => value > number,
        _ => value >= number,
    };

    private bool CompareText(string value) => Operator switch
    {
        "=" => IsLike(value, Text),
        "!=" => !IsLike(value, Text),
        _ => false,
    };

    /// <summary>Compares with a text in which every <c>*</c> stands for any characters. Linear but for the searches.</summary>
    private static bool IsLike(ReadOnlySpan<char> value, ReadOnlySpan<char> pattern)
    {
        var star = pattern.IndexOf('*');
        if (star < 0)
        {
            return value.SequenceEqual(pattern);
        }

        if (!value.StartsWith(pattern[..star], StringComparison.Ordinal))
        {
            return false;
        }

        value = value[star..];
        pattern = pattern[(star + 1)..];
        while ((star = pattern.IndexOf('*')) >= 0)
        {
            var found = value.IndexOf(pattern[..star], StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            value = value[(found + star)..];
            pattern = pattern[(star + 1)..];
        }

        return value.EndsWith(pattern, StringComparison.Ordinal);
    }
}
