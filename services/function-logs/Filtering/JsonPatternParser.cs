using System.Globalization;
using System.Text.Json;

namespace Glue.FunctionLogs.Filtering;

/// <summary>
/// <c>{ $.level = "ERROR" &amp;&amp; ($.status >= 500 || $.cause IS NULL) }</c>. <c>&amp;&amp;</c> binds closer than <c>||</c>; also <c>IS TRUE</c>,
/// <c>IS FALSE</c> and <c>NOT EXISTS</c>.
/// </summary>
internal sealed class JsonPatternParser
{
    // Patterns have at most 1024 characters; so many brackets are nobody's pattern, and each is a level of this parser's stack.
    private const int MaxDepth = 64;

    private static readonly string[] Operators = ["!=", "<=", ">=", "=", "<", ">"];

    private readonly string _text;
    private int _at = 1;
    private int _depth;

    private JsonPatternParser(string text) => _text = text;

    /// <param name="text">From <c>{</c> on.</param>
    /// <exception cref="FilterPatternException">It cannot be read.</exception>
    public static JsonPattern Parse(string text)
    {
        var parser = new JsonPatternParser(text);
        var condition = parser.Either();
        return parser.Takes("}") && parser.IsAtEnd ? new JsonPattern(condition) : throw parser.Invalid("}");
    }

    private bool IsAtEnd
    {
        get
        {
            SkipSpace();
            return _at == _text.Length;
        }
    }

    private Func<JsonElement, bool> Either()
    {
        var first = Both();
        while (Takes("||"))
        {
            var (one, other) = (first, Both());
            first = document => one(document) || other(document);
        }

        return first;
    }

    private Func<JsonElement, bool> Both()
    {
        var first = Single();
        while (Takes("&&"))
        {
            var (one, other) = (first, Single());
            first = document => one(document) && other(document);
        }

        return first;
    }

    private Func<JsonElement, bool> Single()
    {
        if (!Takes("("))
        {
            return Condition();
        }

        if (++_depth > MaxDepth)
        {
            throw Invalid("fewer brackets");
        }

        var inner = Either();
        _depth--;
        return Takes(")") ? inner : throw Invalid(")");
    }

    private Func<JsonElement, bool> Condition()
    {
        var selector = Selector();
        if (TakesWord("IS"))
        {
            var kind = TakesWord("NULL") ? JsonValueKind.Null
                : TakesWord("TRUE") ? JsonValueKind.True
                : TakesWord("FALSE") ? JsonValueKind.False
                : throw Invalid("NULL, TRUE or FALSE");
            return document => selector.Find(document)?.ValueKind == kind;
        }

        if (TakesWord("NOT"))
        {
            return TakesWord("EXISTS") ? document => selector.Find(document) is null : throw Invalid("EXISTS");
        }

        var comparison = Comparison();
        return document => comparison.Matches(selector.Find(document));
    }

    private JsonComparison Comparison()
    {
        var sign = Array.Find(Operators, Takes) ?? throw Invalid("=, !=, <, <=, >, >=, IS or NOT EXISTS");
        SkipSpace();
        if (Next == '%')
        {
            throw new FilterPatternException("Regular expressions in filter patterns (%...%) are not supported here; use text with * in it.");
        }

        var isQuoted = Next == '"';
        var value = new JsonComparison(sign, isQuoted ? Quoted.Read(_text, ref _at) : Word(), isQuoted);
        return sign is "=" or "!=" || value.IsNumeric ? value : throw new FilterPatternException($"Invalid filter pattern: {sign} compares with numbers, not with '{value.Text}'.");
    }

    private JsonSelector Selector()
    {
        if (!Takes("$"))
        {
            throw Invalid("a field, such as $.level");
        }

        var steps = new List<object>();
        while (Next is '.' or '[')
        {
            var isName = Next == '.';
            _at++;
            if (isName)
            {
                steps.Add(Name());
                continue;
            }

            if (Next == '*')
            {
                throw new FilterPatternException("[*] in filter patterns is not supported here; name one place of the array.");
            }

            steps.Add(Next == '"' ? Quoted.Read(_text, ref _at)
                : int.TryParse(Name(), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? place
                : throw Invalid("a place of the array"));
            if (!Takes("]"))
            {
                throw Invalid("]");
            }
        }

        return steps.Count > 0 ? new JsonSelector(steps) : throw Invalid(".");
    }

    private char Next => _at < _text.Length ? _text[_at] : '\0';

    private string Name() => Run(" \t=!<>.[]()&|{}\"");

    private string Word()
    {
        SkipSpace();
        return Run(" \t)&|}\"");
    }

    private string Run(string until)
    {
        var start = _at;
        while (_at < _text.Length && !until.Contains(_text[_at], StringComparison.Ordinal))
        {
            _at++;
        }

        return _at > start ? _text[start.._at] : throw Invalid("a name or value");
    }

    private bool Takes(string sign)
    {
        SkipSpace();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    private bool TakesWord(string word)
    {
        SkipSpace();
        var end = _at + word.Length;
        if (string.Compare(_text, _at, word, 0, word.Length, StringComparison.OrdinalIgnoreCase) != 0 || (end < _text.Length && char.IsLetterOrDigit(_text[end])))
        {
            return false;
        }

        _at = end;
        return true;
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    private FilterPatternException Invalid(string expected) => new($"Invalid filter pattern: {expected} is expected at character {_at + 1} of {_text}");
}
