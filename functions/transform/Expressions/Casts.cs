using System.Globalization;
using System.Text.Json;
using Glue.Functions.Transform.Formats;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>Conversions of the step <c>cast</c>. Empty text becomes null, but for text itself.</summary>
internal static class Casts
{
    private const string Names = "integer, number, boolean, text, date, date(FORMAT), datetime, datetime(FORMAT) or json";
    private const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal | DateTimeStyles.NoCurrentDateDefault;

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
            ("date", _) => Checked(format, "yyyy-MM-dd", ToDate),
            ("datetime", null) => ToDateTime,
            ("datetime", _) => Checked(format, "", ToDateTime),
            ("json", null) => ToJson,
            _ => throw new FormatException($"'{type}' is no type; there are {Names}"),
        };
        return value => value.IsNull || (type != "text" && value.Kind == ValueKind.Text && value.Utf8.IsEmpty) ? Value.Null : cast(value);
    }

    public static Value ToInteger(Value value)
    {
        var number = value.ToOperand();
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

    /// <summary>A cast by a format that is checked now: written and read again, a time must have kept its year.</summary>
    /// <exception cref="FormatException">It is no format, or has no year: what it reads would depend on the day of the run.</exception>
    private static Func<Value, Value> Checked(string? format, string otherwise, Func<Value, string, Value> cast)
    {
        var known = format ?? otherwise;
        try
        {
            var written = new DateTime(1987, 6, 5, 14, 3, 2, DateTimeKind.Utc).ToString(known, CultureInfo.InvariantCulture);
            if (TryParse(written, known, out var read) && read.Year == 1987)
            {
                return value => cast(value, known);
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        throw new FormatException($"'{known}' is no format of a date with its year; write dd.MM.yyyy, yyyy-MM-dd HH:mm or the like (.NET's custom date formats)");
    }

    private static Value ToDate(Value value, string format) => TryParse(value.ToString().Trim(), format, out var date)
        ? Value.Of(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
        : throw new RecordException($"'{value.Shown}' is not a date as {format}");

    private static Value ToDateTime(Value value, string format) => TryParse(value.ToString().Trim(), format, out var time)
        ? Written(time)
        : throw new RecordException($"'{value.Shown}' is not a time as {format}");

    /// <summary>The usual notations. One without a year of four digits would be of the year in which the function runs.</summary>
    private static Value ToDateTime(Value value)
    {
        var text = value.ToString().Trim();
        if (!DateTime.TryParse(text, CultureInfo.InvariantCulture, Utc, out var time))
        {
            throw new RecordException($"'{value.Shown}' is not a time");
        }

        if (HasYear(text, time.Year))
        {
            return Written(time);
        }

        throw new RecordException($"'{value.Shown}' is a time without a year of four digits; datetime(FORMAT) says how it is to be read");
    }

    private static bool TryParse(string text, string format, out DateTime time) => DateTime.TryParseExact(text, format, CultureInfo.InvariantCulture, Utc, out time);

    /// <summary>Four digits that may be the year; in UTC it may be the one before or after.</summary>
    private static bool HasYear(string text, int year)
    {
        for (var at = 0; at < text.Length;)
        {
            var digits = text.AsSpan(at);
            digits = digits[..(digits.IndexOfAnyExceptInRange('0', '9') is >= 0 and var end ? end : digits.Length)];
            if (digits.Length == 4 && Math.Abs(int.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture) - year) <= 1)
            {
                return true;
            }

            at += Math.Max(1, digits.Length);
        }

        return false;
    }

    private static Value Written(DateTime time) => Value.Of(time.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));

    private static Value ToJson(Value value)
    {
        try
        {
            using var document = JsonDocument.Parse(value.ToUtf8());
            return value.Kind == ValueKind.Text ? Value.OfJson(JsonText.Compact(value.Utf8)) : value;
        }
        catch (JsonException)
        {
            throw new RecordException($"'{value.Shown}' is not JSON");
        }
    }
}
