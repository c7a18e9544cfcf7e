using System.Buffers;
using System.Text.RegularExpressions;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Collects all fields that break AWS's model, in AWS's words, and throws them together.</summary>
internal sealed class FieldCheck
{
    /// <summary>Characters that a pattern is ever asked about: more than any field of AWS's model may have that has a pattern and no length.</summary>
    private const int MostMatched = 4096;

    private readonly List<string> _faults = [];
    private string? _tooLong;

    public FieldCheck Required(string field, object? value)
    {
        if (value is null or "")
        {
            _faults.Add($"Value null at '{field}' failed to satisfy constraint: Member must not be null");
        }

        return this;
    }

    public FieldCheck Range(string field, int? value, int least, int most)
    {
        if (value < least)
        {
            Add(field, value, $"Member must have value greater than or equal to {least}");
        }
        else if (value > most)
        {
            Add(field, value, $"Member must have value less than or equal to {most}");
        }

        return this;
    }

    public FieldCheck Length(string field, string? value, int most)
    {
        if (value?.Length > most)
        {
            Add(field, Cut(value), $"Member must have length less than or equal to {most}");
            _tooLong = value;
        }

        return this;
    }

    /// <param name="field">A list.</param>
    /// <param name="count">Its items; null: not given.</param>
    /// <param name="most">So many may be.</param>
    public FieldCheck Items(string field, int? count, int most)
    {
        if (count > most)
        {
            Add(field, $"{count} items", $"Member must have length less than or equal to {most}");
        }

        return this;
    }

    /// <summary>Passes over what <see cref="Length"/> has just refused: a pattern takes long for tens of megabytes.</summary>
    public FieldCheck Matches(string field, string? value, Regex pattern)
    {
        if (value is null || ReferenceEquals(value, _tooLong))
        {
            return this;
        }

        if (value.Length > MostMatched)
        {
            return Length(field, value, MostMatched);
        }

        if (!pattern.IsMatch(value))
        {
            // The regular expression without the anchors that .NET needs and AWS leaves out.
            Add(field, Cut(value), $"Member must satisfy regular expression pattern: {pattern.ToString()[2..^2]}");
        }

        return this;
    }

    public FieldCheck OneOf(string field, string? value, params ReadOnlySpan<string> allowed)
    {
        if (value is not null && !allowed.Contains(value))
        {
            Add(field, Cut(value), $"Member must satisfy enum value set: [{string.Join(", ", allowed)}]");
        }

        return this;
    }

    /// <exception cref="LambdaException">ValidationException, when anything was wrong.</exception>
    public void Throw()
    {
        if (_faults.Count > 0)
        {
            throw LambdaException.Validation(_faults);
        }
    }

    private static string Cut(string value) => value.Length > 200 ? value[..200] + "…" : value;

    private void Add(string field, object? value, string constraint) =>
        _faults.Add($"Value '{value}' at '{field}' failed to satisfy constraint: {constraint}");
}
