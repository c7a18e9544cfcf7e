using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Decompress.Tests;

/// <summary>Keeps members in memory; shows them once published.</summary>
internal sealed class MemoryStore : IStagedObjects
{
    private readonly Dictionary<string, MemoryStream> _members = new(StringComparer.Ordinal);
    private MemoryStream? _current;

    public Dictionary<string, byte[]> Published { get; } = new(StringComparer.Ordinal);

    public void Begin(string key, long? bytes) => _members[key] = _current = new MemoryStream();

    public void Write(ReadOnlySpan<byte> bytes) => _current!.Write(bytes);

    public void End() => _current = null;

    public void Publish()
    {
        foreach (var (key, bytes) in _members)
        {
            Published[key] = bytes.ToArray();
        }
    }

    public void Dispose() => _members.Clear();
}
