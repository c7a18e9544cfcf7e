namespace Glue.ObjectStore.Files;

/// <summary>Blobs being read, and those of them that are to be removed as soon as nobody reads them.</summary>
internal sealed class BlobPins
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, int> _readers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _postponed = new(StringComparer.Ordinal);

    public void Add(IReadOnlyList<string> ids)
    {
        lock (_lock)
        {
            foreach (var id in ids)
            {
                _readers[id] = _readers.GetValueOrDefault(id) + 1;
            }
        }
    }

    /// <returns>Those to remove now.</returns>
    public List<string> Remove(IReadOnlyList<string> ids)
    {
        var due = new List<string>();
        lock (_lock)
        {
            foreach (var id in ids)
            {
                if (--_readers[id] == 0)
                {
                    _readers.Remove(id);
                    if (_postponed.Remove(id))
                    {
                        due.Add(id);
                    }
                }
            }
        }

        return due;
    }

    /// <returns>True: somebody reads it, and will remove it at the end.</returns>
    public bool Postpone(string id)
    {
        lock (_lock)
        {
            var read = _readers.ContainsKey(id);
            if (read)
            {
                _postponed.Add(id);
            }

            return read;
        }
    }
}
