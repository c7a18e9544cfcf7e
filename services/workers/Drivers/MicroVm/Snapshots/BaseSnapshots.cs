using System.Collections.Concurrent;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>
/// One snapshot per memory size of a guest that has booted and waits for its function: what every function without a snapshot of its
/// own starts from. Made when first asked for: the asker waits for one boot, which it would have needed anyway.
/// </summary>
internal sealed class BaseSnapshots(VmLauncher launcher, SnapshotStore store, TimeProvider time, ILogger logger)
{
    private readonly ConcurrentDictionary<int, Lazy<Task<Snapshot?>>> _bySize = new();

    /// <summary>The snapshot for functions of that memory size; null when none can be made, and a boot must do.</summary>
    public async Task<Snapshot?> GetAsync(int functionMemoryMiB)
    {
        var entry = _bySize.GetOrAdd(functionMemoryMiB, size => new Lazy<Task<Snapshot?>>(() => FindOrMakeAsync(size)));
        var snapshot = await entry.Value;
        if (snapshot is null)
        {
            // Tried again by the next sandbox: a machine that was too busy may not be so then.
            _bySize.TryRemove(new KeyValuePair<int, Lazy<Task<Snapshot?>>>(functionMemoryMiB, entry));
        }

        return snapshot;
    }

    /// <summary>Forgets a snapshot that a VM could not be restored from; the next call makes another.</summary>
    public void Discard(int functionMemoryMiB, Snapshot snapshot)
    {
        if (_bySize.TryGetValue(functionMemoryMiB, out var entry) && entry.Value.IsCompletedSuccessfully && entry.Value.Result == snapshot)
        {
            _bySize.TryRemove(new KeyValuePair<int, Lazy<Task<Snapshot?>>>(functionMemoryMiB, entry));
            store.Remove(Key(functionMemoryMiB));
        }
    }

    private string Key(int functionMemoryMiB)
    {
        using var nothing = Descriptor.Open("/dev/null", Posix.O_RDWR);
        return launcher.SnapshotKey(launcher.Describe(functionMemoryMiB, new FunctionDrives(nothing, nothing), nothing), "base");
    }

    private async Task<Snapshot?> FindOrMakeAsync(int functionMemoryMiB)
    {
        var key = Key(functionMemoryMiB);
        if (store.Find(key) is { } kept)
        {
            return kept;
        }

        var begun = time.GetTimestamp();
        try
        {
            var snapshot = await SnapshotMaker.MakeBaseAsync(launcher, functionMemoryMiB, CancellationToken.None);
            Log.BaseSnapshotMade(logger, functionMemoryMiB, time.GetElapsedTime(begun).TotalMilliseconds);
            store.Keep(key, snapshot);
            return snapshot;
        }
        catch (Exception e) when (e is VmmException or IOException)
        {
            Log.BaseSnapshotFailed(logger, functionMemoryMiB, e);
            return null;
        }
    }
}
