using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>Operators on values. Null in, null out; text that reads as a number is one.</summary>
internal static class Arithmetic
{
    public static Value Apply(char sign, Value left, Value right)
    {
        if (left.IsNull || right.IsNull)
        {
            return Value.Null;
        }

        var (a, b) = (left.ToOperand(), right.ToOperand());
        if (a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer && sign != '/')
        {
            return OfIntegers(sign, a.Integer, b.Integer);
        }

        var (x, y) = (a.ToDouble(), b.ToDouble());
        return Value.Of(sign switch { '+' => x + y, '-' => x - y, '*' => x * y, '/' => x / y, _ => x % y });
    }

    /// <summary>-1, 0 or 1. Text is compared byte by byte, a number with whatever reads as one.</summary>
    /// <returns>Null when one side is null.</returns>
    public static int? Compare(Value left, Value right)
    {
        if (left.IsNull || right.IsNull)
        {
            return null;
        }

        if (left.Kind == ValueKind.Boolean && right.Kind == ValueKind.Boolean)
        {
            return left.Boolean.CompareTo(right.Boolean);
        }

        if (IsNumber(left) || IsNumber(right))
        {
            var (a, b) = (left.ToNumber(), right.ToNumber());
            return a.Kind == ValueKind.Integer && b.Kind == ValueKind.Integer ? a.Integer.CompareTo(b.Integer) : a.ToDouble().CompareTo(b.ToDouble());
        }

        return Math.Sign(left.ToUtf8().Span.SequenceCompareTo(right.ToUtf8().Span));
    }

    /// <summary><c>= null</c> is true of null; what reads as no number is not equal to one.</summary>
    public static bool AreEqual(Value left, Value right)
    {
        if (left.IsNull || right.IsNull)
        {
            return left.IsNull && right.IsNull;
        }

        return IsNumber(left) == IsNumber(right) || (Readable(left) && Readable(right)) ? Compare(left, right) == 0 : false;
    }

    private static Value OfIntegers(char sign, long a, long b)
    {
        try
        {
            return Value.Of(checked(sign switch
            {
                '+' => a + b,
                '-' => a - b,
                '*' => a * b,
                _ => b is 0 or -1 ? b == 0 ? throw new RecordException("the result is not a number (division by zero)") : 0 : a % b,
            }));
        }
        catch (OverflowException)
        {
            throw new RecordException($"{a} {sign} {b} is too large");
        }
    }

    private static bool IsNumber(Value value) => value.Kind is ValueKind.Integer or ValueKind.Number;

    private static bool Readable(Value value) => IsNumber(value) || (value.Kind == ValueKind.Text && Value.TryNumber(Value.Trim(value.Utf8), out _));
}
