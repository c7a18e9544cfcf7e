namespace Glue.Workers.Code;

/// <summary>
/// Layers one over the other: what a later one has takes the place of what is there under the same name, and folders are united (Lambda Developer
/// Guide, "Layers", read 2026-11). Nothing is ever followed: a link in one layer does not lead the files of another anywhere.
/// </summary>
internal static class LayerMerge
{
    /// <summary>Moves everything in <paramref name="from"/> into <paramref name="to"/>, and removes it.</summary>
    public static void Move(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            var target = Path.Combine(to, entry.Name);
            var isFolder = entry is DirectoryInfo && entry.LinkTarget is null;
            if (isFolder && IsFolder(target))
            {
                Move(entry.FullName, target);
                continue;
            }

            Remove(target);
            Directory.Move(entry.FullName, target); // renames whatever it is, links included
        }

        Directory.Delete(from, recursive: true);
    }

    private static bool IsFolder(string path) => new DirectoryInfo(path) is { Exists: true, LinkTarget: null };

    private static void Remove(string path)
    {
        if (IsFolder(path))
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
