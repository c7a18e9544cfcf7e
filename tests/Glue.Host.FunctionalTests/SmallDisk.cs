namespace Glue.Host.FunctionalTests;

/// <summary>A memory file system of a few MiB at a folder: a disk that can be filled without harm. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;

    private SmallDisk(string folder) => _folder = folder;

    public static async Task<SmallDisk> MountAsync(string folder, int sizeMiB)
    {
        Directory.CreateDirectory(folder);
        (await Cli.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={sizeMiB}m", "tmpfs", folder])).Expect();
        return new SmallDisk(folder);
    }

    /// <summary>Lazy: a process that still dies may hold a file of it.</summary>
    public async ValueTask DisposeAsync() => (await Cli.RunAsync("umount", ["--lazy", _folder])).Expect();
}
