using System.Buffers;
using System.IO.Compression;

namespace Glue.Workers.Code;

/// <summary>Unpacks a deployment zip, trusting nothing in it: names, links, sizes and modes are checked.</summary>
internal static class ZipUnpacker
{
    /// <summary>Lambda's limit of unpacked code with its layers: 250 MiB.</summary>
    public const long MaxBytes = 250L * 1024 * 1024;

    /// <summary>More files than any deployment has; fewer than would fill the file system with names.</summary>
    public const int MaxEntries = 100_000;

    private const int LinkType = 0xA000;
    private const int TypeMask = 0xF000;

    /// <summary>Unpacks into a folder that does not exist yet. After a failure the folder may be there in part: the caller removes it.</summary>
    /// <param name="zip">Seekable.</param>
    /// <param name="folder">Made here.</param>
    /// <param name="left">How many bytes it may have unpacked.</param>
    /// <param name="cancellationToken">Stops in the middle.</param>
    /// <returns>How many are left.</returns>
    /// <exception cref="InvalidCodeException">With what is wrong and where.</exception>
    public static async Task<long> UnpackAsync(Stream zip, string folder, long left, CancellationToken cancellationToken)
    {
        try
        {
            using var archive = new ZipArchive(zip, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > MaxEntries)
            {
                throw new InvalidCodeException($"The code zip has {archive.Entries.Count} entries; {MaxEntries} are allowed.");
            }

            Directory.CreateDirectory(folder);
            // Links last: until then no path inside the folder can lead out of it.
            var links = new List<ZipArchiveEntry>();
            foreach (var entry in archive.Entries)
            {
                if (((entry.ExternalAttributes >> 16) & TypeMask) == LinkType)
                {
                    links.Add(entry);
                }
                else
                {
                    left = await UnpackAsync(entry, folder, left, cancellationToken);
                }
            }

            foreach (var link in links)
            {
                await LinkAsync(link, folder, cancellationToken);
            }

            return left;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException)
        {
            throw new InvalidCodeException($"The code is not a zip that can be unpacked: {e.Message}", e);
        }
    }

    private static async Task<long> UnpackAsync(ZipArchiveEntry entry, string folder, long left, CancellationToken cancellationToken)
    {
        var path = PathOf(entry, folder);
        if (entry.FullName.EndsWith('/'))
        {
            Directory.CreateDirectory(path);
            return left;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var isExecutable = ((entry.ExternalAttributes >> 16) & 0b001_001_001) != 0;
        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = ModeOf(isExecutable),
        };
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            await using var from = entry.Open();
            await using var to = new FileStream(path, options);
            File.SetUnixFileMode(to.SafeFileHandle, ModeOf(isExecutable)); // whatever the umask says
            int count;
            while ((count = await from.ReadAsync(buffer, cancellationToken)) > 0)
            {
                left -= count; // counted as it comes: what the zip's directory claims proves nothing
                if (left < 0)
                {
                    throw new InvalidCodeException($"The code with its layers is larger than {MaxBytes / 1024 / 1024} MiB when unpacked.");
                }

                await to.WriteAsync(buffer.AsMemory(0, count), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return left;
    }

    private static async Task LinkAsync(ZipArchiveEntry entry, string folder, CancellationToken cancellationToken)
    {
        var path = PathOf(entry, folder);
        if (entry.Length > 4096)
        {
            throw new InvalidCodeException($"'{entry.FullName}' in the code zip is a link with a target of {entry.Length} bytes.");
        }

        await using var stream = entry.Open();
        using var reader = new StreamReader(stream);
        var target = await reader.ReadToEndAsync(cancellationToken);
        // Seen from /var/task an absolute target would lead into the sandbox's own files; allowed is what stays inside the code.
        var parts = target.Split('/');
        var climbsLate = parts.SkipWhile(static each => each == "..").Contains(".."); // behind another link ".." leads elsewhere than it reads
        if (target.Length == 0 || target[0] == '/' || climbsLate
            || !IsInside(Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, target)), folder) || IsBehindLink(path, folder))
        {
            throw new InvalidCodeException($"'{entry.FullName}' in the code zip is a link that leads out of the code, to '{target}'.");
        }

        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.CreateSymbolicLink(path, target);
    }

    private static string PathOf(ZipArchiveEntry entry, string folder)
    {
        var name = entry.FullName;
        var path = Path.GetFullPath(Path.Combine(folder, name));
        return name.Length > 0 && name[0] != '/' && !name.Contains('\0') && !name.Split('/').Contains("..") && IsInside(path, folder)
            ? path
            : throw new InvalidCodeException($"'{name.Replace('\0', '?')}' in the code zip is a path that leads out of the code.");
    }

    private static bool IsBehindLink(string path, string folder)
    {
        for (var parent = Path.GetDirectoryName(path)!; parent.Length > folder.Length; parent = Path.GetDirectoryName(parent)!)
        {
            if (new FileInfo(parent).LinkTarget is not null)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsInside(string path, string folder) => path == folder || path.StartsWith(folder + "/", StringComparison.Ordinal);

    private static UnixFileMode ModeOf(bool isExecutable) => isExecutable
        ? (UnixFileMode)0b111_101_101
        : (UnixFileMode)0b110_100_100;
}
