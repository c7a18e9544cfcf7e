using System.IO.Compression;

namespace Glue.Host.BuiltIns;

/// <summary>Makes a deployment zip of a folder. Same files, same bytes: an unchanged function is not deployed again.</summary>
internal static class FunctionPackage
{
    // The zip format's first moment; a file's own time would change the digest without changing the code.
    private static readonly DateTimeOffset ZipEpoch = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static byte[] Zip(string folder)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Where(static file => !file.EndsWith(".dbg", StringComparison.Ordinal) && !file.EndsWith(".pdb", StringComparison.Ordinal))
                .Order(StringComparer.Ordinal))
            {
                var entry = zip.CreateEntry(Path.GetRelativePath(folder, file), CompressionLevel.Fastest);
                entry.LastWriteTime = ZipEpoch;
                entry.ExternalAttributes = (0x8000 | (int)File.GetUnixFileMode(file)) << 16; // regular file, with its execute bit
                using var content = entry.Open();
                using var source = File.OpenRead(file);
                source.CopyTo(content);
            }
        }

        return buffer.ToArray();
    }
}
