using System.Buffers;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Drives;

/// <summary>Copies files that are mostly holes.</summary>
internal static class SparseFile
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>A copy without a name on the same disk as <paramref name="folder"/>.</summary>
    public static SafeFileHandle Copy(SafeFileHandle source, string folder)
    {
        var copy = Descriptor.Open(folder, Posix.O_TMPFILE | Posix.O_RDWR);
        try
        {
            CopyTo(source, copy);
            return copy;
        }
        catch
        {
            copy.Dispose();
            throw;
        }
    }

    /// <summary>Copies the parts that hold data; <paramref name="destination"/> must be empty.</summary>
    public static void CopyTo(SafeFileHandle source, SafeFileHandle destination)
    {
        var length = RandomAccess.GetLength(source);
        RandomAccess.SetLength(destination, length);
        var chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (var at = Posix.SeekData(source, 0); at >= 0 && at < length; at = Posix.SeekData(source, at))
            {
                var end = Posix.SeekHole(source, at);
                while (at < end)
                {
                    var count = RandomAccess.Read(source, chunk.AsSpan(0, (int)Math.Min(ChunkBytes, end - at)), at);
                    if (count == 0)
                    {
                        return;
                    }

                    RandomAccess.Write(destination, chunk.AsSpan(0, count), at);
                    at += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
