using System.Security.Cryptography;
using System.Text;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>The functions of expressions, as docs/transform.md lists them.</summary>
internal static class FunctionTable
{
    private const int MostTextBytes = 16 * 1024 * 1024;

    private static readonly Dictionary<string, (int Least, int Most, Func<Value[], Value> Function)> Functions = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abs"] = (1, 1, static v => v[0].IsNull ? Value.Null : Rounding.Abs(v[0])),
        ["ceil"] = (1, 1, static v => v[0].IsNull ? Value.Null : Rounding.Whole(v[0], Math.Ceiling)),
        ["floor"] = (1, 1, static v => v[0].IsNull ? Value.Null : Rounding.Whole(v[0], Math.Floor)),
        ["round"] = (1, 2, static v => v[0].IsNull ? Value.Null : Rounding.Round(v[0], v.Length > 1 ? v[1] : Value.Of(0L))),
        ["min"] = (1, 64, static v => Extreme(v, -1)),
        ["max"] = (1, 64, static v => Extreme(v, 1)),
        ["number"] = (1, 1, static v => v[0].IsNull ? Value.Null : v[0].ToNumber()),
        ["integer"] = (1, 1, static v => v[0].IsNull ? Value.Null : Casts.ToInteger(v[0])),
        ["text"] = (1, 1, static v => v[0].IsNull ? Value.Null : Value.OfText(v[0].ToUtf8())),
        ["upper"] = (1, 1, static v => OfText(v[0], static text => text.ToUpperInvariant())),
        ["lower"] = (1, 1, static v => OfText(v[0], static text => text.ToLowerInvariant())),
        ["trim"] = (1, 1, static v => OfText(v[0], static text => text.Trim())),
        ["length"] = (1, 1, static v => v[0].IsNull ? Value.Null : Value.Of((long)v[0].ToString().EnumerateRunes().Count())),
        ["concat"] = (1, 64, Concat),
        ["substr"] = (2, 3, static v => OfText(v[0], text => Substring(text, v))),
        ["replace"] = (3, 3, static v => OfText(v[0], text => Replace(text, v[1].ToString(), v[2].ToString()))),
        ["split"] = (3, 3, static v => Split(v)),
        ["contains"] = (2, 2, static v => OfTexts(v, static (text, part) => text.IndexOf(part) >= 0)),
        ["startswith"] = (2, 2, static v => OfTexts(v, static (text, part) => text.StartsWith(part))),
        ["endswith"] = (2, 2, static v => OfTexts(v, static (text, part) => text.EndsWith(part))),
        ["isnull"] = (1, 1, static v => Value.Of(v[0].IsNull)),
        ["isempty"] = (1, 1, static v => Value.Of(v[0].IsNull || v[0].ToUtf8().IsEmpty)),
        ["coalesce"] = (1, 64, static v => Array.Find(v, static value => !value.IsNull)),
        ["sha256"] = (1, 1, static v => v[0].IsNull ? Value.Null : Value.Of(Convert.ToHexStringLower(SHA256.HashData(v[0].ToUtf8().Span)))),
    };

    public static IEnumerable<string> Names => Functions.Keys.Append("if").Order(StringComparer.Ordinal);

    public static bool TryFind(string name, out (int Least, int Most, Func<Value[], Value> Function) function) => Functions.TryGetValue(name, out function);

    /// <summary>Also the operator <c>||</c>; null counts as empty.</summary>
    public static Value Concat(Value[] values)
    {
        var parts = Array.ConvertAll(values, static value => value.ToUtf8());
        var joined = new byte[Checked(parts.Sum(static part => (long)part.Length))];
        var at = 0;
        foreach (var part in parts)
        {
            part.Span.CopyTo(joined.AsSpan(at));
            at += part.Length;
        }

        return Value.OfText(joined);
    }

    private static Value OfText(Value value, Func<string, string> function) => value.IsNull ? Value.Null : Value.Of(function(value.ToString()));

    private static Value OfTexts(Value[] values, Test test) =>
        values[0].IsNull || values[1].IsNull ? Value.Of(false) : Value.Of(test(values[0].ToUtf8().Span, values[1].ToUtf8().Span));

    private static Value Extreme(Value[] values, int sign)
    {
        var found = Value.Null;
        foreach (var value in values)
        {
            if (!value.IsNull && (found.IsNull || Arithmetic.Compare(value, found) == sign))
            {
                found = value;
            }
        }

        return found;
    }

    /// <summary>From a character on (1 is the first), so many of them.</summary>
    private static string Substring(string text, Value[] arguments)
    {
        var start = Behind(text, 0, arguments[1].ToDouble() - 1);
        return text[start..(arguments.Length > 2 ? Behind(text, start, arguments[2].ToDouble()) : text.Length)];
    }

    /// <summary>The place behind so many characters; those outside the Basic Multilingual Plane are two of a string's.</summary>
    private static int Behind(string text, int at, double characters)
    {
        for (var left = (int)Math.Clamp(characters, 0, text.Length); left > 0 && at < text.Length; left--)
        {
            at += at + 1 < text.Length && char.IsSurrogatePair(text[at], text[at + 1]) ? 2 : 1;
        }

        return at;
    }

    private static string Replace(string text, string old, string wanted)
    {
        if (old.Length == 0)
        {
            return text;
        }

        Checked(text.Length + ((long)(text.Length / old.Length) * wanted.Length));
        return text.Replace(old, wanted, StringComparison.Ordinal);
    }

    /// <summary>The part of a text between separators, 1 is the first; null when there are not so many.</summary>
    private static Value Split(Value[] arguments)
    {
        if (arguments[0].IsNull)
        {
            return Value.Null;
        }

        var parts = arguments[0].ToString().Split(arguments[1].ToString());
        var number = arguments[2].ToDouble();
        return number >= 1 && number <= parts.Length ? Value.Of(parts[(int)number - 1]) : Value.Null;
    }

    private static int Checked(long bytes) => bytes <= MostTextBytes
        ? (int)bytes
        : throw new RecordException($"the result has more than {MostTextBytes} bytes");

    private delegate bool Test(ReadOnlySpan<byte> text, ReadOnlySpan<byte> part);
}
