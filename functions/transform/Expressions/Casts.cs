using System.Globalization;
using System.Text.Json;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>Conversions of the step <c>cast</c>. Empty text becomes null, but for text itself.</summary>
internal static class Casts
{
    private const string Names = "integer, number, boolean, text, date, date(FORMAT), datetime, datetime(FORMAT) or json";

    /// <param name="type">As written: <c>integer</c>, <c>date(dd.MM.yyyy)</c>, ….</param>
    /// <exception cref="FormatException">There is no such type.</exception>
    public static Func<Value, Value> Find(string type)
    {
        var bracket = type.IndexOf('(', StringComparison.Ordinal);
        var format = bracket > 0 && type.EndsWith(')') ? type[(bracket + 1)..^1] : null;
        Func<Value, Value>? cast = (bracket > 0 ? type[..bracket] : type, format) switch
        {
            ("integer", null) => ToInteger,
            ("number", null) => static value => value.ToNumber(),
            ("boolean", null) => ToBoolean,
            ("text", null) => static value => Value.OfText(value.ToUtf8()),
            ("date", _) => value => ToDate(value, format),
            ("datetime", _) => value => ToDateTime(value, format),
            ("json", null) => ToJson,
            _ => throw new FormatException($"'{type}' is no type; there are {Names}"),
        };
        return value => value.IsNull || (type != "text" && value.Kind == ValueKind.Text && value.Utf8.IsEmpty) ? Value.Null : cast(value);
    }

    public static Value ToInteger(Value value)
    {
        var number = value.ToNumber();
        if (number.Kind == ValueKind.Integer)
        {
            return number;
        }

        return number.Number == Math.Truncate(number.Number) && Math.Abs(number.Number) < 1L << 53
            ? Value.Of((long)number.Number)
            : throw new RecordException($"'{value.Shown}' is not a whole number");
    }

    private static Value ToBoolean(Value value) => value.ToString().Trim().ToLowerInvariant() switch
    {
        "true" or "yes" or "1" or "t" or "y" => Value.Of(true),
        "false" or "no" or "0" or "f" or "n" => Value.Of(false),
        _ => throw new RecordException($"'{value.Shown}' is neither true nor false"),
    };

    private static Value ToDate(Value value, string? format) =>
        DateTime.TryParseExact(value.ToString().Trim(), format ?? "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date)
            ? Value.Of(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
            : throw new RecordException($"'{value.Shown}' is not a date as {format ?? "yyyy-MM-dd"}");

    private static Value ToDateTime(Value value, string? format)
    {
        const DateTimeStyles styles = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var text = value.ToString().Trim();
        return format is null
            ? DateTime.TryParse(text, CultureInfo.InvariantCulture, styles, out var time) ? Written(time) : throw new RecordException($"'{value.Shown}' is not a time")
            : DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, styles, out time) ? Written(time) : throw new RecordException($"'{value.Shown}' is not a time as {format}");
    }

    private static Value Written(DateTime time) => Value.Of(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));

    private static Value ToJson(Value value)
    {
        try
        {
            using var document = JsonDocument.Parse(value.ToUtf8());
            return value.Kind == ValueKind.Text ? Value.OfJson(value.Utf8) : value;
        }
        catch (JsonException)
        {
            throw new RecordException($"'{value.Shown}' is not JSON");
        }
    }
}
