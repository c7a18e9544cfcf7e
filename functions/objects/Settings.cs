using System.Globalization;

namespace Glue.Functions.Objects;

/// <summary>
/// Reads a function's environment variables. A fault does not end the reading: all of them are named at once by
/// <see cref="ThrowIfWrong"/>. An empty variable counts as one that is not set.
/// </summary>
/// <param name="variable">The value of a name; null when it is not set.</param>
public sealed class Settings(Func<string, string?> variable)
{
    private readonly List<string> _faults = [];

    public string? Text(string name) => variable(name) is { Length: > 0 } text ? text : null;

    /// <summary>The one variable whose emptiness means something: a prefix.</summary>
    public string TextOrEmpty(string name, string otherwise) => variable(name) ?? otherwise;

    /// <summary>A whole number from <paramref name="least"/> to <paramref name="most"/>.</summary>
    public long Number(string name, long otherwise, long most, long least = 1)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
        {
            return number;
        }

        Fault($"{name} is '{text}': it is a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>Bytes: a number, or one with K, M, G or T (powers of 1024).</summary>
    public long Bytes(string name, long otherwise)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        if (TryBytes(text, out var bytes))
        {
            return bytes;
        }

        Fault($"{name} is '{text}': it is a number of bytes, as 5000000, 512K, 64M, 16G or 2T");
        return otherwise;
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public bool Flag(string name, bool otherwise = false) => Choice(name, otherwise, ("true", true), ("false", false));

    /// <summary>One of some words, without regard to case.</summary>
    public T Choice<T>(string name, T otherwise, params ReadOnlySpan<(string Word, T Value)> choices)
    {
        if (Text(name) is not { } text)
        {
            return otherwise;
        }

        var words = new List<string>();
        foreach (var (word, value) in choices)
        {
            if (word.Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }

            words.Add(word);
        }

        var list = words.Count > 1 ? $"{string.Join(", ", words[..^1])} or {words[^1]}" : words[0];
        Fault($"{name} is '{text}': it can be {list}");
        return otherwise;
    }

    /// <summary>Notes that something is wrong.</summary>
    public void Fault(string sentence) => _faults.Add(sentence);

    /// <exception cref="SettingsException">One or more were wrong; the message names all of them.</exception>
    public void ThrowIfWrong()
    {
        if (_faults.Count > 0)
        {
            throw new SettingsException(string.Join("; ", _faults));
        }
    }

    /// <summary>Reads <c>64M</c> and the like.</summary>
    public static bool TryBytes(string text, out long bytes)
    {
        var shift = text.Length == 0 ? -1 : char.ToUpperInvariant(text[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        bytes = 0;
        if (shift < 0 || !long.TryParse(shift > 0 ? text.AsSpan(0, text.Length - 1) : text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || number < 1 || number > long.MaxValue >> shift)
        {
            return false;
        }

        bytes = number << shift;
        return true;
    }
}
