using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glue.Foundation.Files;

/// <summary>What the kernel keeps of a file in memory.</summary>
public static partial class PageCache
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED, Linux
    private const uint StartWrite = 2; // SYNC_FILE_RANGE_WRITE
    private const int NoWait = 8; // RWF_NOWAIT

    /// <summary>
    /// Forgets what is kept of a file and is on disk already: the next read comes from the disk, and a long walk over many files pushes
    /// nothing out that others use. Advice only; the kernel may ignore it.
    /// </summary>
    public static void Forget(SafeFileHandle file) => _ = Advise(file, 0, 0, DontNeed);

    /// <summary>Reads what is in memory anyway, and waits for no disk: worth no other thread.</summary>
    /// <param name="file">Open for reading.</param>
    /// <param name="into">Where to; not empty.</param>
    /// <param name="offset">In the file, in bytes.</param>
    /// <returns>Bytes read; 0: the beginning is not in memory, the file ends before it, or the file system cannot tell.</returns>
    public static unsafe int TryRead(SafeFileHandle file, Span<byte> into, long offset)
    {
        fixed (byte* start = into)
        {
            var vector = new Vector(start, (nuint)into.Length);
            return (int)nint.Max(0, ReadVector(file, &vector, 1, offset, NoWait));
        }
    }

    /// <summary>
    /// Has the disk begin with a part of a file that was just written, and waits for none of it (only where the disk's queue is full). A later
    /// sync finds most of its work done. Promises nothing about what is on disk.
    /// </summary>
    /// <param name="file">Open for writing.</param>
    /// <param name="offset">Where the part begins, in bytes.</param>
    /// <param name="length">Of the part, in bytes.</param>
    public static void StartWriting(SafeFileHandle file, long offset, long length) => _ = SyncRange(file, offset, length, StartWrite);

    [LibraryImport("libc", EntryPoint = "preadv2")]
    private static unsafe partial nint ReadVector(SafeFileHandle file, Vector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    private static partial int SyncRange(SafeFileHandle file, long offset, long length, uint flags);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);

    /// <summary><c>struct iovec</c>.</summary>
    private readonly unsafe struct Vector(byte* start, nuint length)
    {
        private readonly byte* _start = start;
        private readonly nuint _length = length;
    }
}
