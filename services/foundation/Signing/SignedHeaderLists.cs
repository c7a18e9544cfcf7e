using System.Collections.Concurrent;

namespace Glue.Foundation.Signing;

/// <summary><c>host;x-amz-date</c> split into names, kept: a client sends the same few lists with every request.</summary>
internal sealed class SignedHeaderLists
{
    private const int MaxLists = 1024;

    private readonly ConcurrentDictionary<string, string[]> _lists = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string[]>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public SignedHeaderLists() => _bySpan = _lists.GetAlternateLookup<ReadOnlySpan<char>>();

    public string[] Get(ReadOnlySpan<char> signedHeaders)
    {
        if (_bySpan.TryGetValue(signedHeaders, out var names))
        {
            return names;
        }

        var text = signedHeaders.ToString();
        names = text.Split(';');
        if (_lists.Count < MaxLists)
        {
            _lists[text] = names;
        }

        return names;
    }
}
