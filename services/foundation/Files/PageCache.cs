using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glue.Foundation.Files;

/// <summary>What the kernel keeps of a file in memory.</summary>
public static partial class PageCache
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED, Linux
    private const uint StartWrite = 2; // SYNC_FILE_RANGE_WRITE

    /// <summary>
    /// Forgets what is kept of a file and is on disk already: the next read comes from the disk, and a long walk over many files pushes
    /// nothing out that others use. Advice only; the kernel may ignore it.
    /// </summary>
    public static void Forget(SafeFileHandle file) => _ = Advise(file, 0, 0, DontNeed);

    /// <summary>
    /// Has the disk begin with a part of a file that was just written, and waits for none of it (only where the disk's queue is full). A later
    /// sync finds most of its work done. Promises nothing about what is on disk.
    /// </summary>
    /// <param name="file">Open for writing.</param>
    /// <param name="offset">Where the part begins, in bytes.</param>
    /// <param name="length">Of the part, in bytes.</param>
    public static void StartWriting(SafeFileHandle file, long offset, long length) => _ = SyncRange(file, offset, length, StartWrite);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
