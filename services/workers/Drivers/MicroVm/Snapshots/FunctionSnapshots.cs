using Glue.Contracts.Functions;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>
/// Snapshots of function versions, initialised and warmed: in memory what was used lately, on disk the rest. What a snapshot
/// depends on is in its key, so that any change makes it one that is not found.
/// </summary>
internal sealed class FunctionSnapshots(VmLauncher launcher, RuntimeCatalog runtimes, SnapshotStore store)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, Snapshot Snapshot)>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, Snapshot Snapshot)> _byUse = [];

    public bool Has(FunctionVersion version)
    {
        var key = Key(version);
        lock (_lock)
        {
            return _byKey.ContainsKey(key) || store.Has(key);
        }
    }

    /// <summary>The version's snapshot, or null.</summary>
    public Snapshot? Find(FunctionVersion version)
    {
        var key = Key(version);
        lock (_lock)
        {
            if (_byKey.TryGetValue(key, out var node))
            {
                _byUse.Remove(node);
                _byUse.AddLast(node);
                return node.Value.Snapshot;
            }

            if (store.Find(key) is not { } kept)
            {
                return null;
            }

            Hold(key, kept);
            return kept;
        }
    }

    public void Add(FunctionVersion version, Snapshot snapshot)
    {
        var key = Key(version);
        lock (_lock)
        {
            Forget(key);
            Hold(key, snapshot);
        }

        store.Keep(key, snapshot);
    }

    /// <summary>Forgets a snapshot that no VM can be restored from.</summary>
    public void Discard(FunctionVersion version)
    {
        var key = Key(version);
        lock (_lock)
        {
            Forget(key);
        }

        store.Remove(key);
    }

    private void Hold(string key, Snapshot snapshot)
    {
        _byKey.Add(key, _byUse.AddLast((key, snapshot)));
        var limit = (long)launcher.Options.SnapshotMemoryMiB << 20;
        while (_byUse.Count > 1 && _byUse.Sum(static each => each.Snapshot.MemoryBytes) > limit)
        {
            Forget(_byUse.First!.Value.Key);
        }
    }

    private void Forget(string key)
    {
        if (_byKey.Remove(key, out var node))
        {
            _byUse.Remove(node);
        }
    }

    private string Key(FunctionVersion version)
    {
        var interpreter = runtimes.Find(version.Runtime);
        using var nothing = Descriptor.Open("/dev/null", Posix.O_RDWR);
        return launcher.SnapshotKey(
            launcher.Describe(version.MemoryMiB, new FunctionDrives(nothing, nothing), nothing),
            $"function {version.Arn} {version.RevisionId} {version.CodeSha256} {version.EphemeralStorageMiB} {interpreter} {interpreter?.Source}");
    }
}
