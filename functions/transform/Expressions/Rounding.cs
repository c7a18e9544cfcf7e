using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>Functions of one number. Whole ones stay whole, with all their digits.</summary>
internal static class Rounding
{
    private const int MostDigits = 15; // of Math.Round
    private const int MostZeros = 18; // powers of ten that a whole number holds

    public static Value Abs(Value value)
    {
        var number = value.ToOperand();
        if (number.Kind != ValueKind.Integer)
        {
            return Shortest(Math.Abs(number.Number));
        }

        return number.Integer == long.MinValue ? throw new RecordException($"the absolute value of {number.Integer} is too large") : Value.Of(Math.Abs(number.Integer));
    }

    public static Value Whole(Value value, Func<double, double> function)
    {
        var number = value.ToOperand();
        return number.Kind == ValueKind.Integer ? number : Shortest(function(number.Number));
    }

    /// <summary>Halves go away from zero. Digits below zero are those before the point: <c>round(1250, -2)</c> is 1300.</summary>
    public static Value Round(Value value, Value digits)
    {
        var number = value.ToOperand();
        var places = (int)Math.Clamp(digits.ToDouble(), -MostZeros - 1, MostDigits);
        if (places >= 0)
        {
            return number.Kind == ValueKind.Integer ? number : Value.Of(Math.Round(number.Number, places, MidpointRounding.AwayFromZero));
        }

        if (number.Kind != ValueKind.Integer)
        {
            var power = Math.Pow(10, -places);
            return Shortest(Math.Round(number.Number / power, MidpointRounding.AwayFromZero) * power);
        }

        var unit = Int128.One;
        for (var zero = places; zero < 0; zero++)
        {
            unit *= 10;
        }

        var half = number.Integer < 0 ? -unit / 2 : unit / 2;
        var rounded = (number.Integer + half) / unit * unit;
        return rounded < long.MinValue || rounded > long.MaxValue
            ? throw new RecordException($"{number.Integer} rounded to {places} digits is too large")
            : Value.Of((long)rounded);
    }

    private static Value Shortest(double result) =>
        result == Math.Truncate(result) && Math.Abs(result) < 1L << 53 ? Value.Of((long)result) : Value.Of(result);
}
