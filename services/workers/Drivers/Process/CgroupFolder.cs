using System.Globalization;

namespace Glue.Workers.Drivers.Process;

/// <summary>What both versions of control groups have in common: folders and small files.</summary>
internal static class CgroupFolder
{
    /// <summary>Groups of one worker lie below one named after its process, so that a later worker can clean up after a killed one.</summary>
    public const string Prefix = "glue-";

    public static void Write(string folder, string file, string value) => File.WriteAllText(Path.Combine(folder, file), value);

    /// <summary>Removes the groups of workers that are no more, and ends what is left in them.</summary>
    public static void Sweep(string parent)
    {
        foreach (var former in Directory.EnumerateDirectories(parent, Prefix + "*"))
        {
            var pid = Path.GetFileName(former)[Prefix.Length..];
            if (int.TryParse(pid, CultureInfo.InvariantCulture, out _) && !Directory.Exists("/proc/" + pid))
            {
                foreach (var group in Directory.EnumerateDirectories(former).Append(former))
                {
                    EmptyAndRemoveAsync(group).GetAwaiter().GetResult(); // at a worker's start, and only after one that was killed
                }
            }
        }
    }

    /// <summary>Kills what is inside until nothing is, then removes the group.</summary>
    public static async Task<bool> EmptyAndRemoveAsync(string folder)
    {
        // After SIGKILL a process is gone in well under a millisecond, unless it waits for a disk.
        for (var attempt = 0; attempt < 200; attempt++)
        {
            if (TryRemove(folder))
            {
                return true;
            }

            KillAll(folder);
            await Task.Delay(TimeSpan.FromMilliseconds(Math.Min(1 + attempt, 20)));
        }

        return false;
    }

    private static void KillAll(string folder)
    {
        try
        {
            foreach (var line in File.ReadAllLines(Path.Combine(folder, "cgroup.procs")))
            {
                _ = Native.Kill(int.Parse(line, CultureInfo.InvariantCulture), Native.SigKill);
            }
        }
        catch (IOException)
        {
            // The group went away between two looks.
        }
    }

    /// <summary>False: something is in it.</summary>
    public static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder); // rmdir: control files inside do not count
            return true;
        }
        catch (DirectoryNotFoundException)
        {
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
