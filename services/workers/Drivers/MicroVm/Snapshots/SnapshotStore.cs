namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>
/// Snapshots on disk, so that a restarted worker has them at once. Each is a folder named by its key, renamed into place when
/// complete; the key names everything the snapshot depends on, so what is found under it fits. The least recently used go when there is
/// more than the given room.
/// </summary>
/// <param name="folder">Only this worker's user may read it: guests' memory holds what functions loaded.</param>
/// <param name="limitBytes">Room for all of them.</param>
/// <param name="time">Clock.</param>
internal sealed class SnapshotStore(string folder, long limitBytes, TimeProvider time)
{
    private readonly Lock _gate = new();

    /// <summary>Whether one is kept under a key; whether it can be read shows in <see cref="Find"/>.</summary>
    public bool Has(string key) => Directory.Exists(Path.Combine(folder, key));

    /// <summary>The snapshot kept under a key; null when there is none that can be read.</summary>
    public Snapshot? Find(string key)
    {
        var home = Path.Combine(folder, key);
        lock (_gate)
        {
            if (!Directory.Exists(home))
            {
                return null;
            }

            try
            {
                var found = Snapshot.Load(home);
                Directory.SetLastWriteTimeUtc(home, time.GetUtcNow().UtcDateTime); // when it was used last
                return found;
            }
            catch (Exception e) when (e is IOException or InvalidDataException)
            {
                Delete(home);
                return null;
            }
        }
    }

    /// <summary>Writes a snapshot to disk. Failing to (a full disk) costs only the next worker's start.</summary>
    public void Keep(string key, Snapshot snapshot)
    {
        var unfinished = Unfinished.NameFor(Path.Combine(folder, key));
        try
        {
            lock (_gate)
            {
                Directory.CreateDirectory(unfinished);
                snapshot.Save(unfinished);
                Remove(key);
                Directory.Move(unfinished, Path.Combine(folder, key));
                MakeRoom(key);
            }
        }
        catch (IOException)
        {
            Delete(unfinished);
        }
    }

    public void Remove(string key)
    {
        lock (_gate)
        {
            Delete(Path.Combine(folder, key));
        }
    }

    private void MakeRoom(string newest)
    {
        var kept = new DirectoryInfo(folder).EnumerateDirectories()
            .Where(each => each.Name != newest)
            .Select(each => (each.FullName, Bytes: BytesOf(each), Used: each.LastWriteTimeUtc))
            .OrderBy(each => each.Used).ToList();
        var total = kept.Sum(each => each.Bytes) + BytesOf(new DirectoryInfo(Path.Combine(folder, newest)));
        foreach (var (path, bytes, _) in kept)
        {
            if (total <= limitBytes)
            {
                return;
            }

            Delete(path);
            total -= bytes;
        }
    }

    /// <summary>Memory files are sparse; their length is an upper bound, which is what a limit wants.</summary>
    private static long BytesOf(DirectoryInfo home) => home.EnumerateFiles().Sum(static file => file.Length);

    private static void Delete(string home)
    {
        if (Directory.Exists(home))
        {
            Directory.Delete(home, recursive: true);
        }
    }
}
