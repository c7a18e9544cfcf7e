using System.Threading.Channels;
using Glue.Dispatcher.Admission;

namespace Glue.Dispatcher.Backlog;

/// <summary>
/// How many invocations of an account wait or run, and who may add more. Kept in memory, told of every change in the disk's order; only accounts with a
/// limit are counted, from the moment somebody asks for them.
/// </summary>
internal sealed class QueueLengths
{
    private readonly AccountLimits _limits;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Length> _lengths = new(StringComparer.Ordinal);
    private readonly Channel<bool> _room = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    private volatile bool _tracksAny;

    public QueueLengths(AccountLimits limits)
    {
        _limits = limits;
        limits.WhenChanged(_ => SayRoom());
    }

    /// <summary>Is every change of the account to be told?</summary>
    public bool Tracks(string accountId)
    {
        if (!_tracksAny)
        {
            return false;
        }

        lock (_lock)
        {
            return _lengths.ContainsKey(accountId);
        }
    }

    /// <summary>Has its first count been made?</summary>
    public bool IsCounted(string accountId)
    {
        lock (_lock)
        {
            return _lengths.TryGetValue(accountId, out var length) && length.IsCounted;
        }
    }

    /// <summary>From now on changes are told; the count of what was there before follows in <see cref="Counted"/>, in the order of the changes.</summary>
    public void Track(string accountId)
    {
        lock (_lock)
        {
            _lengths.TryAdd(accountId, new Length());
            _tracksAny = true;
        }
    }

    public void Counted(string accountId, long waiting)
    {
        lock (_lock)
        {
            var length = _lengths[accountId];
            (length.Waiting, length.IsCounted) = (waiting, true);
        }
    }

    public void Change(string accountId, int by)
    {
        lock (_lock)
        {
            _lengths[accountId].Waiting += by;
        }

        if (by < 0)
        {
            SayRoom();
        }
    }

    /// <returns>Null: it is not counted.</returns>
    public long? Of(string accountId)
    {
        lock (_lock)
        {
            return _lengths.TryGetValue(accountId, out var length) && length.IsCounted ? length.Waiting : null;
        }
    }

    /// <summary>Room for up to <paramref name="wanted"/> more of a counted account, held until <see cref="Release"/>: what is being written counts already.</summary>
    public int Reserve(string accountId, int wanted)
    {
        lock (_lock)
        {
            if (_limits.Of(accountId).QueueLength is not { } limit || !_lengths.TryGetValue(accountId, out var length))
            {
                return wanted;
            }

            var granted = (int)Math.Clamp(limit - length.Waiting - length.Reserved, 0, wanted);
            length.Reserved += granted;
            return granted;
        }
    }

    /// <summary>What was reserved is counted by now, or was not needed.</summary>
    public void Release(string accountId, int granted)
    {
        lock (_lock)
        {
            if (_lengths.TryGetValue(accountId, out var length))
            {
                length.Reserved = Math.Max(0, length.Reserved - granted); // a limit may have come between
            }
        }
    }

    /// <summary>There may be room now where there was none.</summary>
    public void SayRoom() => _room.Writer.TryWrite(true);

    /// <summary>Waits for <see cref="SayRoom"/>; one that was said before counts.</summary>
    public async Task WaitForRoomAsync(CancellationToken cancellationToken) => await _room.Reader.ReadAsync(cancellationToken);

    private sealed class Length
    {
        public long Waiting { get; set; }

        public long Reserved { get; set; }

        public bool IsCounted { get; set; }
    }
}
