using System.IO.Enumeration;

namespace Glue.Foundation.Policies;

/// <summary>IAM's wildcards: <c>*</c> and <c>?</c>, nothing escapes them. Most patterns are a text, or a prefix and <c>*</c>: those are only compared.</summary>
internal sealed class PolicyPattern
{
    private readonly StringComparison _comparison;
    private readonly string _plain;
    private readonly bool _isPrefix;
    private readonly string? _expression;

    public PolicyPattern(string text, bool ignoreCase = false)
    {
        Text = text;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _isPrefix = text.EndsWith('*');
        _plain = _isPrefix ? text[..^1] : text;
        _expression = _plain.AsSpan().ContainsAny('*', '?') ? text.Replace(@"\", @"\\", StringComparison.Ordinal) : null;
    }

    public string Text { get; }

    public bool Matches(ReadOnlySpan<char> text) =>
        _expression is not null ? FileSystemName.MatchesSimpleExpression(_expression, text, _comparison == StringComparison.OrdinalIgnoreCase)
        : _isPrefix ? text.StartsWith(_plain, _comparison)
        : text.Equals(_plain, _comparison);

    public static bool AnyMatches(List<PolicyPattern> patterns, ReadOnlySpan<char> text)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(text))
            {
                return true;
            }
        }

        return false;
    }
}
