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
    /// <param name="agent">The agent, a static executable.</param>
    /// <param name="bootstraps">The runtimes' bootstrap files; they end up in the guest's <c>/opt/glue</c>.</param>
    public static AgentInitramfs Ensure(GuestImage image, string agent, string bootstraps)
    {
        using var content = new MemoryStream();
        var archive = new CpioWriter(content);
        foreach (var folder in (string[])["dev", "proc", "sys", "root", "modules", "glue"])
        {
            archive.AddDirectory(folder);
        }

        archive.AddCharacterDevice("dev/console", 5, 1);
        archive.AddFile("init", File.ReadAllBytes(agent), executable: true);
        for (var i = 0; i < image.Modules.Count; i++)
        {
            // The agent loads them by number: no list to parse.
            archive.AddFile($"modules/{i}", File.ReadAllBytes(System.IO.Path.Combine(image.Folder, GuestImage.ModulesFolder, image.Modules[i])), executable: false);
        }

        foreach (var file in Directory.EnumerateFiles(bootstraps).Order(StringComparer.Ordinal))
        {
            archive.AddFile($"glue/{System.IO.Path.GetFileName(file)}", File.ReadAllBytes(file), executable: true);
        }

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
}
