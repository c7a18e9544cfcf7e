namespace Glue.Host.FunctionalTests;

/// <summary>A memory file system of a few MiB at a folder: a disk that can be filled without harm. Needs root.</summary>
internal sealed class SmallDisk : IAsyncDisposable
{
    private readonly string _folder;
    private readonly int _sizeMiB;

    private SmallDisk(string folder, int sizeMiB) => (_folder, _sizeMiB) = (folder, sizeMiB);

    public static async Task<SmallDisk> MountAsync(string folder, int sizeMiB)
    {
        Directory.CreateDirectory(folder);
        (await Cli.RunAsync("mount", ["-t", "tmpfs", "-o", $"size={sizeMiB}m", "tmpfs", folder])).Expect();
        return new SmallDisk(folder, sizeMiB);
    }

    /// <summary>Leaves no room for a byte more.</summary>
    /// <param name="file">On it; delete it, and there is room again.</param>
    public void Fill(string file)
    {
        using var ballast = new FileStream(file, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1 << 20, 4096, 1 })
        {
            try
            {
                for (var block = new byte[size]; ;)
                {
                    Assert.True(ballast.Length <= _sizeMiB << 20, $"{file} is not on the small disk: never fill the machine's own");
                    ballast.Write(block);
                }
            }
            catch (IOException)
            {
                // No room for one more of that size: that is the aim.
            }
        }
    }

    /// <summary>Lazy: a process that still dies may hold a file of it.</summary>
    public async ValueTask DisposeAsync() => (await Cli.RunAsync("umount", ["--lazy", _folder])).Expect();
}
