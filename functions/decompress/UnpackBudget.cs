using Glue.Functions.Decompress.Archives;

namespace Glue.Functions.Decompress;

/// <summary>Counts what comes out of an archive against what may.</summary>
/// <param name="settings">The limits.</param>
/// <param name="archiveBytes">Of the object.</param>
/// <param name="consumed">Bytes of it read so far.</param>
/// <param name="timeLeft">Until the function is ended.</param>
internal sealed class UnpackBudget(DecompressSettings settings, long archiveBytes, Func<long> consumed, Func<TimeSpan> timeLeft)
{
    private const long RatioFrom = 32 * 1024 * 1024;
    private const long LookEvery = 4 * 1024 * 1024;
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(2); // to give the uploads up in

    private long _nextLook;

    public long Bytes { get; private set; }

    public int Members { get; private set; }

    public void AddMember()
    {
        if (++Members > settings.MostMembers)
        {
            throw new ArchiveLimitException($"the archive has more than MAX_MEMBERS={settings.MostMembers} members");
        }
    }

    /// <summary>Asked before the bytes are made or stored.</summary>
    public void Add(long bytes, string member)
    {
        Bytes += bytes;
        if (Bytes > settings.MostBytes)
        {
            throw new ArchiveLimitException($"the archive unpacks to more than MAX_BYTES={settings.MostBytes} bytes (at member '{member}')");
        }

        // A zip whose members share bytes reads them again and again: more than the whole object does not count.
        var packed = Math.Max(1, Math.Min(consumed(), archiveBytes));
        if (Bytes > RatioFrom && Bytes / packed > settings.MostRatio)
        {
            throw new ArchiveLimitException(
                $"the archive unpacks to more than MAX_RATIO={settings.MostRatio} times its size ({Bytes} bytes from {packed}, at member '{member}'): this is how decompression bombs look");
        }

        if (Bytes >= _nextLook)
        {
            _nextLook = Bytes + LookEvery;
            if (timeLeft() < LeastTime)
            {
                throw new OutOfTimeException(Bytes);
            }
        }
    }
}
