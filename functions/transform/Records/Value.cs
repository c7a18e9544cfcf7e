using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Glue.Functions.Transform.Records;

/// <summary>
/// One field. Text is UTF-8, mostly a slice of the reader's buffer: valid until the next record is read. A number that was read keeps its
/// own digits, so that what is not touched is written as it came.
/// </summary>
internal readonly struct Value
{
    private readonly ReadOnlyMemory<byte> _utf8;
    private readonly long _bits;

    private Value(ValueKind kind, long bits, ReadOnlyMemory<byte> utf8) => (Kind, _bits, _utf8) = (kind, bits, utf8);

    public static Value Null => default;

    public ValueKind Kind { get; }

    public bool IsNull => Kind == ValueKind.Null;

    public bool Boolean => _bits != 0;

    public long Integer => _bits;

    public double Number => BitConverter.Int64BitsToDouble(_bits);

    /// <summary>Of text and JSON; of a number its digits, where it was read.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    public static Value Of(bool value) => new(ValueKind.Boolean, value ? 1 : 0, default);

    public static Value Of(long value) => new(ValueKind.Integer, value, default);

    /// <exception cref="RecordException">Not a number that can be written.</exception>
    public static Value Of(double value) => double.IsFinite(value)
        ? new(ValueKind.Number, BitConverter.DoubleToInt64Bits(value), default)
        : throw new RecordException("the result is not a number (division by zero, or too large)");

    public static Value Of(string text) => new(ValueKind.Text, 0, Encoding.UTF8.GetBytes(text));

    public static Value OfText(ReadOnlyMemory<byte> utf8) => new(ValueKind.Text, 0, utf8);

    public static Value OfJson(ReadOnlyMemory<byte> utf8) => new(ValueKind.Json, 0, utf8);

    /// <returns>False: these are not digits of a number.</returns>
    public static bool TryNumber(ReadOnlyMemory<byte> digits, out Value value)
    {
        var text = digits.Span;
        if (Utf8Parser.TryParse(text, out long integer, out var used) && used == text.Length)
        {
            value = new(ValueKind.Integer, integer, digits);
            return true;
        }

        if (Utf8Parser.TryParse(text, out double number, out used) && used == text.Length && text.Length > 0 && double.IsFinite(number)
            && text[^1] is >= (byte)'0' and <= (byte)'9' or (byte)'.')
        {
            value = new(ValueKind.Number, BitConverter.DoubleToInt64Bits(number), digits);
            return true;
        }

        value = default;
        return false;
    }

    /// <summary>As a number: itself, or text that reads as one.</summary>
    /// <exception cref="RecordException">It does not.</exception>
    public Value ToNumber()
    {
        if (Kind is ValueKind.Integer or ValueKind.Number)
        {
            return this;
        }

        return Kind == ValueKind.Text && TryNumber(Trim(_utf8), out var number)
            ? number
            : throw new RecordException($"'{Shown}' is not a number");
    }

    /// <summary>As <see cref="ToNumber"/>, to reckon with: more whole digits than 64 bits hold would lose some.</summary>
    /// <exception cref="RecordException">It is no number, or too large.</exception>
    public Value ToOperand()
    {
        var number = ToNumber();
        return number.IsBeyondIntegers ? throw new RecordException($"'{number.Shown}' is too large for a whole number of 64 bits") : number;
    }

    /// <summary>Digits of a whole number that 64 bits do not hold.</summary>
    public bool IsBeyondIntegers =>
        Kind == ValueKind.Number && !_utf8.IsEmpty && _utf8.Span.TrimStart("+-"u8).IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0;

    public double ToDouble()
    {
        var number = ToNumber();
        return number.Kind == ValueKind.Integer ? number.Integer : number.Number;
    }

    /// <summary>As it would be written into a CSV.</summary>
    public ReadOnlyMemory<byte> ToUtf8()
    {
        if (!_utf8.IsEmpty || Kind is ValueKind.Null or ValueKind.Text)
        {
            return _utf8;
        }

        return Encoding.UTF8.GetBytes(Kind switch
        {
            ValueKind.Boolean => Boolean ? "true" : "false",
            ValueKind.Integer => Integer.ToString(CultureInfo.InvariantCulture),
            _ => Number.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    public override string ToString() => Encoding.UTF8.GetString(ToUtf8().Span);

    /// <summary>Short enough for a message.</summary>
    public string Shown => Kind == ValueKind.Null ? "null" : ToString() is { Length: > 60 } text ? text[..60] + "…" : ToString();

    public static ReadOnlyMemory<byte> Trim(ReadOnlyMemory<byte> text)
    {
        var (start, end) = (0, text.Length);
        var span = text.Span;
        while (start < end && span[start] <= ' ')
        {
            start++;
        }

        while (end > start && span[end - 1] <= ' ')
        {
            end--;
        }

        return text[start..end];
    }
}
