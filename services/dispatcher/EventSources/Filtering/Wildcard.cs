using System.Text;

namespace Glue.Dispatcher.EventSources.Filtering;

/// <summary>A text in which <c>*</c> stands for any characters, also none; <c>\*</c> and <c>\\</c> stand for themselves. Takes linear time per star.</summary>
internal sealed class Wildcard
{
    private readonly IReadOnlyList<string> _parts;

    private Wildcard(IReadOnlyList<string> parts) => _parts = parts;

    /// <exception cref="FormatException">Two stars stand together, or a backslash before something else.</exception>
    public static Wildcard Parse(string pattern, string field)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        for (var i = 0; i < pattern.Length; i++)
        {
            switch (pattern[i])
            {
                case '*' when i > 0 && pattern[i - 1] == '*' && part.Length == 0:
                    throw new FormatException($"'wildcard' of '{field}' has two stars together");
                case '*':
                    parts.Add(part.ToString());
                    part.Clear();
                    break;
                case '\\' when i + 1 < pattern.Length && (pattern[i + 1] is '*' or '\\'):
                    part.Append(pattern[++i]);
                    break;
                case '\\':
                    throw new FormatException($"'wildcard' of '{field}' has a backslash before neither a star nor a backslash");
                case var other:
                    part.Append(other);
                    break;
            }
        }

        parts.Add(part.ToString());
        return new Wildcard(parts);
    }

    public bool Matches(string text)
    {
        if (_parts.Count == 1)
        {
            return text == _parts[0];
        }

        if (!text.StartsWith(_parts[0], StringComparison.Ordinal))
        {
            return false;
        }

        // Each part between two stars at its first place: if any choice of places matches, this one does.
        var at = _parts[0].Length;
        for (var i = 1; i < _parts.Count - 1; i++)
        {
            var found = text.IndexOf(_parts[i], at, StringComparison.Ordinal);
            if (found < 0)
            {
                return false;
            }

            at = found + _parts[i].Length;
        }

        return text.Length - at >= _parts[^1].Length && text.EndsWith(_parts[^1], StringComparison.Ordinal);
    }
}
