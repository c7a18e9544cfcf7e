using System.IO.Compression;
using System.Text;

namespace Glue.Dispatcher.FunctionalTests;

/// <summary>Makes deployment zips.</summary>
internal static class Zip
{
    public static byte[] Of(params (string Name, string Content)[] files)
    {
        using var memory = new MemoryStream();
        using (var archive = new ZipArchive(memory, ZipArchiveMode.Create))
        {
            foreach (var (name, content) in files)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(Encoding.UTF8.GetBytes(content));
            }
        }

        return memory.ToArray();
    }
}
