using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Keeps members in memory; shows them once published.</summary>
internal sealed class MemoryStore : IStagedObjects
{
    private readonly Dictionary<string, MemoryStream> _members = new(StringComparer.Ordinal);
    private readonly List<StagedDigest> _digests = [];
    private MemoryStream? _current;
    private StagedDigest? _digest;

    public Dictionary<string, byte[]> Published { get; } = new(StringComparer.Ordinal);

    public void Begin(string key, long? bytes, StagedDigest? digest = null)
    {
        _members[key] = _current = new MemoryStream();
        _digest = digest;
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _current!.Write(bytes);
        _digest?.Append(bytes);
    }

    public void End()
    {
        _current = null;
        if (_digest is not null)
        {
            _digests.Add(_digest);
        }
    }

    public void Publish()
    {
        foreach (var (key, bytes) in _members)
        {
            Published[key] = bytes.ToArray();
        }

        _digests.ForEach(static digest => digest.Finish());
    }

    public void Dispose() => _members.Clear();
}
