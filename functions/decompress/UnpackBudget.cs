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
    private long _made; // bytes that were unpacked, whether stored or not

    public long Bytes { get; private set; }

    public int Members { get; private set; }

    public void AddMember()
    {
        if (++Members > settings.MostMembers)
        {
            throw new ArchiveLimitException($"the archive has more than MAX_MEMBERS={settings.MostMembers} members");
        }
    }

    /// <summary>Asked at every member, wanted or not.</summary>
    /// <param name="decoded">Bytes that came out of the compression around the archive so far, headers included.</param>
    /// <param name="member">Its name.</param>
    public void Look(long decoded, string member)
    {
        _made = Math.Max(_made, decoded);
        CheckRatio(member);
        CheckTime();
    }

    /// <summary>Asked before a member is begun: one that has more or fewer bytes than its header says is damaged, so what it says is what it needs.</summary>
    /// <param name="bytes">As its header says, which may be anything; null: it does not.</param>
    /// <param name="member">Its name.</param>
    public void Expect(long? bytes, string member)
    {
        if (bytes > settings.MostBytes - Bytes)
        {
            throw TooManyBytes(member);
        }
    }

    /// <summary>Asked before the bytes are made or stored.</summary>
    public void Add(long bytes, string member)
    {
        Bytes += bytes;
        if (Bytes > settings.MostBytes)
        {
            throw TooManyBytes(member);
        }

        PassOver(bytes, member);
    }

    /// <summary>Bytes that had to be unpacked to come to what lies behind them. They are not stored, so they do not count as such.</summary>
    public void PassOver(long bytes, string member)
    {
        _made += bytes;
        CheckRatio(member);
        if (_made >= _nextLook)
        {
            _nextLook = _made + LookEvery;
            CheckTime();
        }
    }

    private ArchiveLimitException TooManyBytes(string member) =>
        new($"the archive unpacks to more than MAX_BYTES={settings.MostBytes} bytes (at member '{member}')");

    private void CheckRatio(string member)
    {
        // A zip whose members share bytes reads them again and again: more than the whole object does not count.
        var packed = Math.Max(1, Math.Min(consumed(), archiveBytes));
        if (_made > RatioFrom && _made / packed > settings.MostRatio)
        {
            throw new ArchiveLimitException(
                $"the archive unpacks to more than MAX_RATIO={settings.MostRatio} times its size ({_made} bytes from {packed}, at member '{member}'): this is how decompression bombs look");
        }
    }

    private void CheckTime()
    {
        if (timeLeft() < LeastTime)
        {
            throw new OutOfTimeException(_made);
        }
    }
}
