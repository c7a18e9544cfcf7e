using System.Globalization;

namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Room for parts on their way: any number of small ones or a few large ones, so many bytes in all. Who wants more waits until an
/// uploader gives some back. Buffers are kept and used again, which spares the kernel their zeroing.
/// </summary>
internal sealed class PartMemory(int mostBytes) : IDisposable
{
    private const int LeastRoom = 128 * 1024;
    private const int LeastParts = 4; // of the usual size: one that is filled, three that are sent
    private const int MostParts = 12;
    private const int ShareOfFunction = 24; // of 512 MiB the least, of 1.5 GiB and more the most

    private readonly object _gate = new();
    private readonly List<PartBuffer> _kept = [];
    private int _mostBytes = mostBytes;
    private int _allocated;

    /// <summary>
    /// A share of the function's memory, within bounds. A part keeps its buffer until the store has it on disk, and what finds none is not made meanwhile: with four,
    /// that was a third of the time which a single file of 43 MB took.
    /// </summary>
    /// <param name="functionMiB">The function's memory (<c>AWS_LAMBDA_FUNCTION_MEMORY_SIZE</c>); null where it is not known.</param>
    public static int BytesOf(string? functionMiB)
    {
        var mib = long.TryParse(functionMiB, NumberStyles.None, CultureInfo.InvariantCulture, out var known) ? known : 0;
        return (int)Math.Clamp(mib * 1024 * 1024 / ShareOfFunction, LeastParts * PartSizes.Least, MostParts * PartSizes.Least);
    }

    /// <param name="bytes">Of the part. Four of that size always have room.</param>
    public PartBuffer Rent(int bytes)
    {
        var room = RoomFor(bytes);
        lock (_gate)
        {
            _mostBytes = Math.Max(_mostBytes, checked(LeastParts * room));
            while (true)
            {
                if (TryRent(room) is { } buffer)
                {
                    return buffer;
                }

                Monitor.Wait(_gate);
            }
        }
    }

    public void Return(PartBuffer buffer)
    {
        lock (_gate)
        {
            _kept.Add(buffer);
            Monitor.Pulse(_gate); // only the thread that makes parts waits here
        }
    }

    /// <remarks>Every buffer has been returned.</remarks>
    public void Dispose() => _kept.ForEach(static buffer => buffer.Dispose());

    private PartBuffer? TryRent(int room)
    {
        var fitting = _kept.FindLastIndex(buffer => buffer.Room == room); // the last returned: the processor may still have it
        if (fitting >= 0)
        {
            var buffer = _kept[fitting];
            _kept.RemoveAt(fitting);
            buffer.Clear();
            return buffer;
        }

        while (_allocated > _mostBytes - room && _kept.Count > 0)
        {
            var other = _kept[0];
            _kept.RemoveAt(0);
            _allocated -= other.Room;
            other.Dispose();
        }

        if (_allocated > _mostBytes - room)
        {
            return null;
        }

        _allocated += room;
        return new PartBuffer(room);
    }

    /// <summary>Few sizes, so that one member's buffer serves the next; what is not touched takes no memory.</summary>
    private static int RoomFor(int bytes)
    {
        var room = LeastRoom;
        while (room < bytes && room < PartSizes.Least)
        {
            room = Math.Min(room * 2, PartSizes.Least);
        }

        return Math.Max(room, bytes);
    }
}
