using System.Text;

namespace Glue.FunctionLogs.Filtering;

/// <summary>
/// Terms that a line must hold, must not hold (<c>-term</c>), or one of which it must hold (<c>?term</c>). Case matters. As at AWS, terms
/// with <c>?</c> count only when there are no others.
/// </summary>
internal sealed class TermPattern(IReadOnlyList<byte[]> required, IReadOnlyList<byte[]> excluded, IReadOnlyList<byte[]> optional) : FilterPattern
{
    public override bool Matches(ReadOnlySpan<byte> line)
    {
        foreach (var term in excluded)
        {
            if (line.IndexOf(term) >= 0)
            {
                return false;
            }
        }

        foreach (var term in required)
        {
            if (line.IndexOf(term) < 0)
            {
                return false;
            }
        }

        if (optional.Count == 0 || required.Count + excluded.Count > 0)
        {
            return true;
        }

        foreach (var term in optional)
        {
            if (line.IndexOf(term) >= 0)
            {
                return true;
            }
        }

        return false;
    }

    public static TermPattern ParseTerms(string text)
    {
        var (required, excluded, optional) = (new List<byte[]>(), new List<byte[]>(), new List<byte[]>());
        for (var at = 0; at < text.Length;)
        {
            if (char.IsWhiteSpace(text[at]))
            {
                at++;
                continue;
            }

            var kind = text[at] switch
            {
                '-' => excluded,
                '?' => optional,
                _ => required,
            };
            if (kind != required)
            {
                at++;
            }

            kind.Add(Encoding.UTF8.GetBytes(at < text.Length && text[at] == '"' ? Quoted.Read(text, ref at) : Bare(text, ref at)));
        }

        return new TermPattern(required, excluded, optional);
    }

    private static string Bare(string text, ref int at)
    {
        var start = at;
        while (at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at++;
        }

        var term = text[start..at];
        if (term.StartsWith('%'))
        {
            throw new FilterPatternException($"Regular expressions in filter patterns ({term}) are not supported here; use terms or a JSON pattern.");
        }

        return term.Length > 0 && term.All(static each => char.IsLetterOrDigit(each) || each == '_')
            ? term
            : throw new FilterPatternException($"Invalid character(s) in term '{term}': put terms that are not only letters, digits and _ into double quotes.");
    }
}
