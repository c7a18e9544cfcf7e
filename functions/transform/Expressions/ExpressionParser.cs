using System.Text;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Expressions;

/// <summary>
/// Reads expressions by recursive descent. From loose to tight: <c>or</c>; <c>and</c>; <c>not</c>; comparisons and <c>in</c>; <c>||</c>;
/// <c>+ -</c>; <c>* / %</c>; the sign.
/// </summary>
internal sealed class ExpressionParser
{
    private const int MostDepth = 100;
    private const int MostLength = 10_000;

    private readonly string _text;
    private int _at;
    private int _depth;

    private ExpressionParser(string text) => _text = text;

    /// <exception cref="ExpressionException">It cannot be read.</exception>
    public static Expression Parse(string text)
    {
        var parser = new ExpressionParser(text);
        if (text.Length > MostLength)
        {
            throw new ExpressionException(text[..40] + "…", MostLength, $"an expression has at most {MostLength} characters");
        }

        var expression = parser.Or();
        return parser.Peek() == '\0' ? expression : throw parser.Fault($"'{parser.Peek()}' was not expected here");
    }

    private Expression Or()
    {
        if (++_depth > MostDepth)
        {
            throw Fault($"more than {MostDepth} levels of brackets");
        }

        var left = And();
        while (TakeWord("or"))
        {
            left = new Logical(false, left, And());
        }

        _depth--;
        return left;
    }

    private Expression And()
    {
        var left = Negation();
        while (TakeWord("and"))
        {
            left = new Logical(true, left, Negation());
        }

        return left;
    }

    private Expression Negation()
    {
        var isNot = false;
        while (TakeWord("not"))
        {
            isNot = !isNot;
        }

        var operand = Comparison();
        return isNot ? new Not(operand) : operand;
    }

    private Expression Comparison()
    {
        var left = Concatenation();
        if (TakeWord("in"))
        {
            return In(left);
        }

        foreach (var (sign, test) in Tests)
        {
            if (Take(sign))
            {
                return new Call(test, [left, Concatenation()]);
            }
        }

        return left;
    }

    private static readonly (string Sign, Func<Value[], Value> Test)[] Tests =
    [
        ("==", static v => Value.Of(Arithmetic.AreEqual(v[0], v[1]))), ("!=", static v => Value.Of(!Arithmetic.AreEqual(v[0], v[1]))),
        ("<>", static v => Value.Of(!Arithmetic.AreEqual(v[0], v[1]))), ("<=", static v => Value.Of(Arithmetic.Compare(v[0], v[1]) <= 0)),
        (">=", static v => Value.Of(Arithmetic.Compare(v[0], v[1]) >= 0)), ("=", static v => Value.Of(Arithmetic.AreEqual(v[0], v[1]))),
        ("<", static v => Value.Of(Arithmetic.Compare(v[0], v[1]) < 0)), (">", static v => Value.Of(Arithmetic.Compare(v[0], v[1]) > 0)),
    ];

    private Call In(Expression left)
    {
        Expect('(');
        List<Expression> operands = [left];
        do
        {
            operands.Add(Or());
        }
        while (Take(","));
        Expect(')');
        return new Call(static v => Value.Of(v.AsSpan(1).ToArray().Any(value => Arithmetic.AreEqual(v[0], value))), [.. operands]);
    }

    private Expression Concatenation()
    {
        var left = Sum();
        while (Take("||"))
        {
            left = new Call(FunctionTable.Concat, [left, Sum()]);
        }

        return left;
    }

    private Expression Sum()
    {
        var left = Product();
        while (Peek() is '+' or '-')
        {
            var sign = _text[_at++];
            left = new Call(v => Arithmetic.Apply(sign, v[0], v[1]), [left, Product()]);
        }

        return left;
    }

    private Expression Product()
    {
        var left = Sign();
        while (Peek() is '*' or '/' or '%')
        {
            var sign = _text[_at++];
            left = new Call(v => Arithmetic.Apply(sign, v[0], v[1]), [left, Sign()]);
        }

        return left;
    }

    private Expression Sign()
    {
        var isNegative = false;
        while (Peek() == '-')
        {
            _at++;
            isNegative = !isNegative;
        }

        var operand = Primary();
        return isNegative ? new Call(static v => Arithmetic.Apply('-', Value.Of(0L), v[0]), [operand]) : operand;
    }

    private Expression Primary()
    {
        var next = Peek();
        switch (next)
        {
            case '(':
                _at++;
                var inner = Or();
                Expect(')');
                return inner;
            case '\'' or '"':
                return new Constant(Value.Of(Quoted(next)));
            case '`':
                return new Column(Quoted(next));
            case >= '0' and <= '9' or '.':
                return Number();
            case '\0':
                throw Fault("something is missing at the end");
        }

        if (!char.IsLetter(next) && next != '_')
        {
            throw Fault($"'{next}' was not expected here");
        }

        var start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        var word = _text[start.._at];
        return Peek() == '(' ? Function(word, start) : word.ToLowerInvariant() switch
        {
            "true" => new Constant(Value.Of(true)),
            "false" => new Constant(Value.Of(false)),
            "null" => new Constant(Value.Null),
            "and" or "or" or "not" or "in" => throw new ExpressionException(_text, start, $"'{word}' was not expected here; a column of that name is written `{word}`"),
            _ => new Column(word),
        };
    }

    private Expression Function(string name, int start)
    {
        Expect('(');
        var arguments = new List<Expression>();
        if (Peek() != ')')
        {
            do
            {
                arguments.Add(Or());
            }
            while (Take(","));
        }

        Expect(')');
        if (name.Equals("if", StringComparison.OrdinalIgnoreCase))
        {
            return arguments is [var condition, var then, var otherwise]
                ? new Conditional(condition, then, otherwise)
                : throw new ExpressionException(_text, start, "if takes a condition and two values");
        }

        if (!FunctionTable.TryFind(name, out var function))
        {
            throw new ExpressionException(_text, start, $"there is no function '{name}'; there are {string.Join(", ", FunctionTable.Names)}");
        }

        if (arguments.Count < function.Least || arguments.Count > function.Most)
        {
            var wanted = function.Least == function.Most ? $"{function.Least}" : $"{function.Least} to {function.Most}";
            throw new ExpressionException(_text, start, $"{name} takes {wanted} values, not {arguments.Count}");
        }

        return new Call(function.Function, [.. arguments]);
    }

    private Constant Number()
    {
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '.' || (_text[_at] is '+' or '-' && _text[_at - 1] is 'e' or 'E')))
        {
            _at++;
        }

        if (!Value.TryNumber(Encoding.ASCII.GetBytes(_text[start.._at]), out var number))
        {
            throw new ExpressionException(_text, start, $"'{_text[start.._at]}' is not a number");
        }

        return number.IsBeyondIntegers
            ? throw new ExpressionException(_text, start, $"'{_text[start.._at]}' is too large for a whole number of 64 bits")
            : new Constant(number);
    }

    /// <summary>The quote itself is written twice inside.</summary>
    private string Quoted(char quote)
    {
        var start = _at++;
        var text = new StringBuilder();
        while (_at < _text.Length)
        {
            if (_text[_at] != quote)
            {
                text.Append(_text[_at++]);
            }
            else if (_at + 1 < _text.Length && _text[_at + 1] == quote)
            {
                text.Append(quote);
                _at += 2;
            }
            else
            {
                _at++;
                return text.ToString();
            }
        }

        throw new ExpressionException(_text, start, $"this {quote} is not closed");
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : '\0';
    }

    private bool Take(string sign)
    {
        Peek();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private bool TakeWord(string word)
    {
        Peek();
        var end = _at + word.Length;
        if (end > _text.Length || !_text.AsSpan(_at, word.Length).Equals(word, StringComparison.OrdinalIgnoreCase)
            || (end < _text.Length && (char.IsLetterOrDigit(_text[end]) || _text[end] == '_')))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void Expect(char bracket)
    {
        if (Peek() != bracket)
        {
            throw Fault(Peek() == '\0' ? $"a '{bracket}' is missing at the end" : $"a '{bracket}' was expected, not '{Peek()}'");
        }

        _at++;
    }

    private ExpressionException Fault(string reason) => new(_text, _at, reason);
}
