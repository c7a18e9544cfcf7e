using System.Security.Cryptography;
using Glue.Contracts.Functions;

namespace Glue.Workers.Code;

/// <summary>
/// Unpacked deployment code with its layers, one folder (<see cref="CodeFolder"/>) for each combination of digests, shared by all sandboxes that run it. Unpacked once, kept while used, and then
/// until the cache holds more unused ones than it should.
/// </summary>
internal sealed class CodeCache
{
    // Unused folders kept for the next cold start.
    private const int MaxUnused = 32;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _unused = [];
    private readonly string _root;
    private readonly ICodeSource _source;

    public CodeCache(string folder, ICodeSource source)
    {
        _source = source;
        _root = Path.Combine(Path.GetFullPath(folder), "code");
        if (Directory.Exists(_root))
        {
            Directory.Delete(_root, recursive: true); // of a former run: its half-unpacked folders look like whole ones
        }

        Directory.CreateDirectory(_root);
    }

    /// <exception cref="InvalidCodeException">The zip is not one, or has what must not be in it.</exception>
    /// <exception cref="FileNotFoundException">The source has no such code.</exception>
    public async Task<CodeLease> RentAsync(FunctionVersion version, CancellationToken cancellationToken)
    {
        // Per account: equal code of two tenants is still two folders, and asking for it says nothing about the other.
        var digests = string.Join('\n', version.Layers.Prepend(version.CodeSha256));
        var key = $"{version.AccountId}-{Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(digests)))[..32]}";
        Entry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(key, out entry!))
            {
                _entries.Add(key, entry = new Entry(key, Path.Combine(_root, key)));
                entry.Unpacked = UnpackAsync(entry, version, cancellationToken);
            }

            entry.Users++;
            if (entry.Place.List is not null)
            {
                _unused.Remove(entry.Place);
            }
        }

        try
        {
            await entry.Unpacked.WaitAsync(cancellationToken);
            return new CodeLease(entry.Folder, () => Release(entry));
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    private async Task UnpackAsync(Entry entry, FunctionVersion version, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var left = await UnpackAsync(version, version.CodeSha256, CodeFolder.Task(entry.Folder), ZipUnpacker.MaxBytes, cancellationToken);
        var layers = CodeFolder.Layers(entry.Folder);
        Directory.CreateDirectory(layers);
        foreach (var layer in version.Layers)
        {
            var aside = Path.Combine(entry.Folder, "layer");
            left = await UnpackAsync(version, layer, aside, left, cancellationToken);
            LayerMerge.Move(aside, layers);
        }
    }

    private async Task<long> UnpackAsync(FunctionVersion version, string digest, string folder, long left, CancellationToken cancellationToken)
    {
        await using var zip = await _source.OpenAsync(version.AccountId, digest, cancellationToken);
        return await ZipUnpacker.UnpackAsync(zip, folder, left, cancellationToken);
    }

    private void Release(Entry entry)
    {
        var dropped = new List<Entry>();
        lock (_lock)
        {
            if (--entry.Users > 0)
            {
                return;
            }

            if (entry.Unpacked.IsCompletedSuccessfully)
            {
                _unused.AddLast(entry.Place);
            }
            else
            {
                _entries.Remove(entry.Key); // the next one tries again
                dropped.Add(entry);
            }

            while (_unused.Count > MaxUnused && _unused.First is { } oldest)
            {
                _unused.RemoveFirst();
                _entries.Remove(oldest.Value.Key);
                dropped.Add(oldest.Value);
            }

            // Inside the lock: nobody may unpack into a folder that is being deleted.
            foreach (var each in dropped.Where(static each => Directory.Exists(each.Folder)))
            {
                Directory.Delete(each.Folder, recursive: true);
            }
        }
    }

    private sealed class Entry
    {
        public Entry(string key, string folder)
        {
            Key = key;
            Folder = folder;
            Place = new LinkedListNode<Entry>(this);
        }

        public string Key { get; }

        public string Folder { get; }

        public Task Unpacked { get; set; } = Task.CompletedTask;

        public int Users { get; set; }

        public LinkedListNode<Entry> Place { get; }
    }
}
