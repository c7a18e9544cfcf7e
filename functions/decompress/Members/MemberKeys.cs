using System.Security.Cryptography;
using System.Text;

namespace Glue.Functions.Decompress.Members;

/// <summary>Turns members' names into parts of keys that mean no harm to whoever downloads them.</summary>
internal sealed class MemberKeys
{
    private const int DigestCharacters = 16;

    private readonly int _mostBytes;
    private readonly Dictionary<string, string> _keys = new(StringComparer.Ordinal); // by name
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _numbers = new(StringComparer.Ordinal); // the last one given, by clean name

    /// <param name="mostBytes">Of UTF-8 that a key part may have.</param>
    public MemberKeys(int mostBytes) => _mostBytes = mostBytes;

    /// <summary>
    /// The part of the key for a member. The same name gives the same part (an archive may hold a file twice, the later one counts);
    /// different names that come down to the same are told apart by <c>~2</c>, <c>~3</c>, ….
    /// </summary>
    public string For(string name)
    {
        if (_keys.TryGetValue(name, out var known))
        {
            return known;
        }

        var clean = Clean(name);
        var key = Cut(clean);
        if (!_taken.Add(key))
        {
            var number = _numbers.GetValueOrDefault(clean, 1);
            do
            {
                key = Cut($"{clean}~{++number}");
            }
            while (!_taken.Add(key));
            _numbers[clean] = number;
        }

        _keys.Add(name, key);
        return key;
    }

    /// <summary>
    /// A relative path without <c>.</c>, <c>..</c>, drive letters, backslashes and control characters; <c>a/../b</c> is <c>b</c>, and nothing
    /// climbs above the root.
    /// </summary>
    public static string Clean(string name)
    {
        var parts = new List<string>();
        foreach (var given in name.Replace('\\', '/').Split('/'))
        {
            var part = given;
            while (part is [var letter, ':', ..] && char.IsAsciiLetter(letter) && (parts.Count == 0 || part.Length == 2))
            {
                part = part[2..]; // C: at the beginning, and wherever it stands alone
            }

            if (part == "..")
            {
                parts.RemoveRange(Math.Max(0, parts.Count - 1), Math.Min(1, parts.Count));
            }
            else if (part.Length > 0 && part != ".")
            {
                parts.Add(part);
            }
        }

        var clean = new StringBuilder(string.Join('/', parts));
        for (var i = 0; i < clean.Length; i++)
        {
            if (char.IsControl(clean[i]))
            {
                clean[i] = '_';
            }
        }

        return clean.Length > 0 ? clean.ToString() : "unnamed";
    }

    /// <summary>A key has at most 1,024 bytes: a longer name is cut, and told from its likes by its digest.</summary>
    private string Cut(string clean)
    {
        if (Encoding.UTF8.GetByteCount(clean) <= _mostBytes)
        {
            return clean;
        }

        var digest = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(clean)))[..DigestCharacters];
        var room = Math.Max(0, _mostBytes - DigestCharacters - 1);
        var kept = new StringBuilder();
        foreach (var rune in clean.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            kept.Append(rune);
        }

        return $"{kept}~{digest}";
    }
}
