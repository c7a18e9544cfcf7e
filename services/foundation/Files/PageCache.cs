using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Glue.Foundation.Files;

/// <summary>What the kernel keeps of a file in memory.</summary>
public static partial class PageCache
{
    private const int DontNeed = 4; // POSIX_FADV_DONTNEED, Linux

    /// <summary>
    /// Forgets what is kept of a file and is on disk already: the next read comes from the disk, and a long walk over many files pushes
    /// nothing out that others use. Advice only; the kernel may ignore it.
    /// </summary>
    public static void Forget(SafeFileHandle file) => _ = Advise(file, 0, 0, DontNeed);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int Advise(SafeFileHandle file, long offset, long length, int advice);
}
