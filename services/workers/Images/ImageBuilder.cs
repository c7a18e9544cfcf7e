using System.Security.Cryptography;
using System.Text.Json;

namespace Glue.Workers.Images;

/// <summary>
/// Builds what VMs boot from the distribution's packages, once: a kernel (taken out of its package, never installed), the few modules
/// it needs, and the root image. About a minute. A build goes to a folder of its own and is renamed when complete, so a half-built
/// one is never seen; two builders at once build twice and the first wins.
/// </summary>
public sealed class ImageBuilder(ImageOptions options)
{
    /// <summary>In load order; a module that the kernel has built in is simply not in the package.</summary>
    private static readonly string[] WantedModules = ["virtio_mmio", "virtio_blk", "squashfs"];

    private string Home => Path.Combine(Path.GetFullPath(options.Folder), $"{options.Suite}-{RootImage.Recipe}");

    /// <summary>The image, or null when none is built.</summary>
    public GuestImage? Find()
    {
        var manifest = Path.Combine(Home, GuestImage.ManifestFile);
        return File.Exists(manifest)
            ? JsonSerializer.Deserialize(File.ReadAllBytes(manifest), ImageJson.Default.GuestImage)! with { Folder = Home }
            : null;
    }

    /// <summary>The image, built when missing.</summary>
    /// <exception cref="ImageBuildException">A tool is missing or failed.</exception>
    public async Task<GuestImage> EnsureAsync(IProgress<ImageProgress>? progress = null, CancellationToken cancellationToken = default) =>
        Find() ?? await BuildAsync(progress, cancellationToken);

    private async Task<GuestImage> BuildAsync(IProgress<ImageProgress>? progress, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Folder);
        var building = Path.Combine(Path.GetFullPath(options.Folder), $".building-{Guid.NewGuid():N}");
        Directory.CreateDirectory(building);
        try
        {
            var steps = new BuildSteps(progress);
            await RootImage.BuildAsync(options, building, steps.Line, cancellationToken);
            var packages = ReadPackages(Path.Combine(building, "packages"));
            steps.Line("unpacking the kernel");
            var (release, modules) = await TakeKernelAsync(building, cancellationToken);
            var image = new GuestImage
            {
                Folder = Home,
                Digest = Digest(building, modules),
                KernelRelease = release,
                NodeVersion = packages["nodejs"],
                PythonVersion = packages["python3"],
                Modules = modules,
            };
            await File.WriteAllBytesAsync(
                Path.Combine(building, GuestImage.ManifestFile), JsonSerializer.SerializeToUtf8Bytes(image, ImageJson.Default.GuestImage), cancellationToken);
            Publish(building);
            steps.Line("done");
            return Find()!;
        }
        finally
        {
            if (Directory.Exists(building))
            {
                Directory.Delete(building, recursive: true);
            }
        }
    }

    private void Publish(string building)
    {
        try
        {
            Directory.Move(building, Home);
        }
        catch (IOException) when (Find() is not null)
        {
            // Another builder was quicker; its image is as good as ours.
        }
    }

    private static Dictionary<string, string> ReadPackages(string path) => File.ReadLines(path)
        .Select(line => line.Split('\t'))
        .ToDictionary(fields => fields[0], fields => fields[1], StringComparer.Ordinal);

    private static async Task<(string Release, IReadOnlyList<string> Modules)> TakeKernelAsync(string folder, CancellationToken cancellationToken)
    {
        var package = Directory.GetFiles(folder, "linux-image-*.deb").Single();
        var unpacked = Path.Combine(folder, "kernel");
        await Tool.RunAsync("dpkg-deb", ["-x", package, unpacked], cancellationToken: cancellationToken);
        var bzImage = Directory.GetFiles(Path.Combine(unpacked, "boot"), "vmlinuz-*").Single();
        await KernelImage.UnpackAsync(bzImage, Path.Combine(folder, GuestImage.KernelFile), cancellationToken);

        var modules = new List<string>();
        Directory.CreateDirectory(Path.Combine(folder, GuestImage.ModulesFolder));
        foreach (var name in WantedModules)
        {
            if (Directory.EnumerateFiles(unpacked, $"{name}.ko*", SearchOption.AllDirectories).FirstOrDefault() is { } packed)
            {
                await UnpackModuleAsync(packed, Path.Combine(folder, GuestImage.ModulesFolder, name + ".ko"), cancellationToken);
                modules.Add(name + ".ko");
            }
        }

        var release = Path.GetFileName(bzImage)["vmlinuz-".Length..];
        Directory.Delete(unpacked, recursive: true);
        File.Delete(package);
        return (release, modules);
    }

    private static async Task UnpackModuleAsync(string packed, string destination, CancellationToken cancellationToken)
    {
        var tool = Path.GetExtension(packed) switch { ".ko" => "cat", ".xz" => "xz -dc", ".zst" => "zstd -dc", ".gz" => "gzip -dc", var other => throw new ImageBuildException($"Kernel modules are packed as '{other}'; xz, zst and gz are known.") };
        await Tool.RunAsync("/bin/sh", ["-c", $"exec {tool} <\"$1\" >\"$2\"", "sh", packed, destination], cancellationToken: cancellationToken);
    }

    private static string Digest(string folder, IReadOnlyList<string> modules)
    {
        using var all = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in (string[])[GuestImage.KernelFile, GuestImage.RootFile, .. modules.Select(name => Path.Combine(GuestImage.ModulesFolder, name))])
        {
            using var content = File.OpenRead(Path.Combine(folder, file));
            all.AppendData(SHA256.HashData(content));
        }

        return Convert.ToHexStringLower(all.GetHashAndReset());
    }
}
