using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Glue.Foundation.Files;

/// <summary>An open directory. .NET opens no directories, and a new file's name is durable only once its directory is synced.</summary>
public sealed partial class Folder : IDisposable
{
    private const int OpenReadOnlyDirectoryCloseOnExec = 0x10000 | 0x80000; // O_RDONLY | O_DIRECTORY | O_CLOEXEC, Linux

    private readonly int _descriptor;

    /// <exception cref="IOException">It cannot be opened.</exception>
    public Folder(string path)
    {
        Path = path;
        _descriptor = Open(path, OpenReadOnlyDirectoryCloseOnExec);
        if (_descriptor < 0)
        {
            throw LastError("open");
        }
    }

    public string Path { get; }

    /// <summary>Syncs a folder once.</summary>
    /// <exception cref="IOException">It cannot be opened or synced.</exception>
    public static void Sync(string path)
    {
        using var folder = new Folder(path);
        folder.Sync();
    }

    /// <summary>Returns once the names in it are on disk.</summary>
    public void Sync()
    {
        if (Fsync(_descriptor) != 0)
        {
            throw LastError("fsync");
        }
    }

    public void Dispose() => _ = Close(_descriptor);

    private IOException LastError(string call)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"{call} of folder {Path} failed: {error.Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int descriptor);
}
