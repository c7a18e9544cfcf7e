namespace Glue.Workers.Gateway.Cache;

/// <summary>
/// Objects of attached stores that functions have read: several functions on one event fetch it once. The latest read stay, up to a sum of bytes.
/// It decides nothing: who may read and whether an object is still the same is asked of the store each time (<see cref="ReadThrough"/>).
/// </summary>
/// <remarks>A key is the store's URL of the object and the access key it is asked with.</remarks>
internal sealed class ObjectCache : IDisposable
{
    /// <summary>Each holds a file handle, of which a process has some thousands for everything.</summary>
    internal const int MostObjects = 1024;

    private readonly string _folder;
    private readonly long _mostBytes;
    private readonly long _largestBytes;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<CachedObject>> _objects = new(StringComparer.Ordinal);
    private readonly LinkedList<CachedObject> _byUse = new(); // the latest first
    private readonly Dictionary<string, Task> _fetches = new(StringComparer.Ordinal);
    private long _bytes; // of all files, those that are only read out included
    private int _files;

    public ObjectCache(StorageGatewayOptions options)
    {
        (_folder, _mostBytes, _largestBytes) = (options.CacheFolder ?? "", options.CacheFolder is null ? 0 : options.CacheBytes, options.CacheBytes / 4);
    }

    public bool IsOn => _mostBytes > 0;

    /// <returns>To be given to <see cref="Release"/>; null: it is not here.</returns>
    public CachedObject? Find(string key)
    {
        lock (_lock)
        {
            if (!_objects.TryGetValue(key, out var node) || node.Value.HasFailed)
            {
                return null;
            }

            _byUse.Remove(node);
            _byUse.AddFirst(node);
            node.Value.Readers++;
            return node.Value;
        }
    }

    /// <summary>A place for an object that is about to come.</summary>
    /// <returns>To be given to <see cref="Release"/>; null: it is too large, or there is no room for it now.</returns>
    public CachedObject? Add(string key, ObjectState state)
    {
        lock (_lock)
        {
            if (state.Length == 0 || state.Length > _largestBytes || (_objects.TryGetValue(key, out var former) && !Drop(former.Value)) || !MakeRoom(state.Length))
            {
                return null;
            }

            try
            {
                Directory.CreateDirectory(_folder);
                var added = new CachedObject(Path.Combine(_folder, Guid.NewGuid().ToString("N")), key, state) { Readers = 1 };
                _bytes += state.Length;
                _files++;
                _objects[key] = _byUse.AddFirst(added);
                return added;
            }
            catch (IOException)
            {
                return null; // a full disk: functions read as they would without a cache
            }
        }
    }

    public void Release(CachedObject used)
    {
        lock (_lock)
        {
            if (--used.Readers > 0)
            {
                return;
            }

            if (!used.IsWhole)
            {
                used.StopFilling();
                Drop(used);
            }
            else if (!IsListed(used))
            {
                Close(used);
            }
        }
    }

    /// <summary>It is another state of its object by now: nobody is to find it any more.</summary>
    public void Forget(CachedObject former)
    {
        lock (_lock)
        {
            Unlist(former);
        }
    }

    /// <summary>One at a time asks the store for what is not here; the others wait for what he gets.</summary>
    /// <param name="key">The object.</param>
    /// <param name="other">Ends with whose turn it is.</param>
    /// <returns>The caller's turn, which ends when it is disposed; null: it is another's.</returns>
    public IDisposable? TryFetch(string key, out Task other)
    {
        lock (_lock)
        {
            if (_fetches.TryGetValue(key, out other!))
            {
                return null;
            }

            var own = new Turn(this, key);
            _fetches.Add(key, other = own.Ended);
            return own;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            foreach (var each in _byUse.Where(static each => each.Readers == 0).ToList())
            {
                Drop(each);
            }
        }
    }

    private bool MakeRoom(long bytes)
    {
        for (var node = _byUse.Last; node is not null && !HasRoom(bytes);)
        {
            var older = node;
            node = node.Previous;
            Drop(older.Value);
        }

        return HasRoom(bytes);
    }

    private bool HasRoom(long bytes) => _bytes + bytes <= _mostBytes && _files < MostObjects;

    /// <returns>False: somebody reads it still.</returns>
    private bool Drop(CachedObject dropped)
    {
        if (dropped.Readers > 0)
        {
            return false;
        }

        Unlist(dropped);
        Close(dropped);
        return true;
    }

    private bool IsListed(CachedObject one) => _objects.TryGetValue(one.Key, out var node) && node.Value == one;

    private void Unlist(CachedObject one)
    {
        if (IsListed(one))
        {
            _objects.Remove(one.Key, out var node);
            _byUse.Remove(node!);
        }
    }

    private void Close(CachedObject one)
    {
        _bytes -= one.State.Length;
        _files--;
        one.Dispose();
    }

    private sealed class Turn(ObjectCache cache, string key) : IDisposable
    {
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ended => _ended.Task;

        public void Dispose()
        {
            lock (cache._lock)
            {
                cache._fetches.Remove(key);
            }

            _ended.TrySetResult();
        }
    }
}
