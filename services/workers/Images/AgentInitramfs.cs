using System.Security.Cryptography;

namespace Glue.Workers.Images;

/// <summary>
/// The first root of a VM: the agent as <c>/init</c>, the image's kernel modules, and the runtimes' bootstraps. Cheap to make (about
/// 5 MB, no packing: an emulated processor would pay for it at each boot), so the worker makes it from the agent it finds.
/// </summary>
/// <param name="Path">The archive; named by its digest, made once.</param>
/// <param name="Digest">SHA-256 of it: part of every snapshot's key.</param>
public sealed record AgentInitramfs(string Path, string Digest)
{
    /// <summary>Makes the archive, or finds the one made before of the same parts.</summary>
    /// <param name="image">Gives the modules; the archive is kept beside it.</param>
    /// <param name="guestFolder">The published agent; its <c>Runtimes</c> folder ends up in the guest's <c>/var/runtime</c>, as in a process sandbox.</param>
    public static AgentInitramfs Ensure(GuestImage image, string guestFolder)
    {
        using var content = new MemoryStream();
        var archive = new CpioWriter(content);
        foreach (var folder in (string[])["dev", "proc", "root", "modules", "runtime"])
        {
            archive.AddDirectory(folder);
        }

        archive.AddCharacterDevice("dev/console", 5, 1);
        archive.AddFile("init", File.ReadAllBytes(System.IO.Path.Combine(guestFolder, "glue-agent")), executable: true);
        for (var i = 0; i < image.Modules.Count; i++)
        {
            // The agent loads them by number: no list to parse.
            archive.AddFile($"modules/{i}", File.ReadAllBytes(System.IO.Path.Combine(image.Folder, GuestImage.ModulesFolder, image.Modules[i])), executable: false);
        }

        AddTree(archive, System.IO.Path.Combine(guestFolder, "Runtimes"), "runtime/Runtimes");
        archive.Finish();
        var bytes = content.ToArray();
        var digest = Convert.ToHexStringLower(SHA256.HashData(bytes));
        var path = System.IO.Path.Combine(image.Folder, $"agent-{digest[..16]}.cpio");
        if (!File.Exists(path))
        {
            var unfinished = $"{path}.{Guid.NewGuid():N}";
            File.WriteAllBytes(unfinished, bytes);
            File.Move(unfinished, path, overwrite: true);
        }

        return new AgentInitramfs(path, digest);
    }

    private static void AddTree(CpioWriter archive, string folder, string name)
    {
        archive.AddDirectory(name);
        foreach (var entry in Directory.EnumerateFileSystemEntries(folder).Order(StringComparer.Ordinal))
        {
            var path = $"{name}/{System.IO.Path.GetFileName(entry)}";
            if (Directory.Exists(entry))
            {
                AddTree(archive, entry, path);
            }
            else
            {
                archive.AddFile(path, File.ReadAllBytes(entry), executable: true);
            }
        }
    }
}
