using System.Collections.Concurrent;

namespace Glue.Foundation.Signing;

/// <summary>
/// Derived keys by <c>accessKeyId/date/region/service/aws4_request</c>: deriving one costs five hashes, and a client uses the
/// same for a day. Only keys that verified something are kept, so strangers cannot fill it.
/// </summary>
internal sealed class SigningKeyCache
{
    // A day's keys of many more clients than one installation has; then it starts anew.
    private const int MaxKeys = 4096;

    private readonly ConcurrentDictionary<string, SigningKey> _keys = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, SigningKey>.AlternateLookup<ReadOnlySpan<char>> _bySpan;

    public SigningKeyCache() => _bySpan = _keys.GetAlternateLookup<ReadOnlySpan<char>>();

    public SigningKey? Find(ReadOnlySpan<char> credentialAndScope) =>
        _bySpan.TryGetValue(credentialAndScope, out var key) ? key : null;

    public void Keep(string credentialAndScope, SigningKey key)
    {
        if (_keys.Count >= MaxKeys)
        {
            _keys.Clear();
        }

        _keys[credentialAndScope] = key;
    }
}
