using System.IO.Compression;
using System.Text;

namespace Glue.Host.FunctionalTests;

/// <summary>Deployment zips.</summary>
internal static class Zip
{
    public const int Executable = 0b111_101_101;
    public const int Plain = 0b110_100_100;

    public static byte[] Of(string name, string content, int mode = Plain) => Of(name, Encoding.UTF8.GetBytes(content), mode);

    public static byte[] Of(string name, byte[] content, int mode = Plain)
    {
        using var memory = new MemoryStream();
        using (var zip = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            var entry = zip.CreateEntry(name);
            entry.LastWriteTime = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero); // the same content makes the same zip
            entry.ExternalAttributes = (0x8000 | mode) << 16; // a regular file
            using var body = entry.Open();
            body.Write(content);
        }

        return memory.ToArray();
    }
}
