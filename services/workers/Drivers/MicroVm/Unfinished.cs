using System.Globalization;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>
/// Names of files and folders that are being made, to be renamed when they are whole. They tell whose they are, so that a later worker
/// can remove what a killed one left behind, and only that.
/// </summary>
internal static class Unfinished
{
    private const string Mark = ".unfinished-";

    public static string NameFor(string path) =>
        Path.Combine(Path.GetDirectoryName(path)!, $"{Mark}{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}-{Guid.NewGuid():N}");

    /// <summary>Removes what processes that are no more have left in a folder.</summary>
    public static void Sweep(string folder)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        foreach (var entry in new DirectoryInfo(folder).EnumerateFileSystemInfos(Mark + "*"))
        {
            var owner = entry.Name[Mark.Length..].Split('-')[0];
            if (Directory.Exists("/proc/" + owner))
            {
                continue;
            }

            if (entry is DirectoryInfo inner)
            {
                inner.Delete(recursive: true);
            }
            else
            {
                entry.Delete();
            }
        }
    }
}
