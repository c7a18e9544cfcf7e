using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
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

    /// <summary>What a file takes, holes left out.</summary>
    public static long UsedBytes(SafeFileHandle file)
    {
        long used = 0;
        for (var at = Posix.SeekData(file, 0); at >= 0; at = Posix.SeekData(file, at))
        {
            var end = Posix.SeekHole(file, at);
            used += end - at;
            at = end;
        }

        return used;
    }

    /// <summary>Copies the parts that hold data; <paramref name="destination"/> must be empty.</summary>
    /// <param name="source">Read from its start.</param>
    /// <param name="destination">Gets the same length.</param>
    /// <param name="sum">Fed with every chunk that is not zeros, and where it lies: file systems report holes differently.</param>
    public static void CopyTo(SafeFileHandle source, SafeFileHandle destination, IncrementalHash? sum = null)
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
                    Add(sum, at, chunk.AsSpan(0, count));
                    at += count;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static void Add(IncrementalHash? sum, long at, ReadOnlySpan<byte> data)
    {
        if (sum is null)
        {
            return;
        }

        Span<byte> place = stackalloc byte[sizeof(long)];
        // By pages, so that neither the size of a read nor of a hole matters.
        for (var page = 0; page < data.Length; page += 4096)
        {
            var bytes = data[page..Math.Min(page + 4096, data.Length)];
            if (bytes.ContainsAnyExcept((byte)0))
            {
                BinaryPrimitives.WriteInt64LittleEndian(place, at + page);
                sum.AppendData(place);
                sum.AppendData(bytes);
            }
        }
    }
}
