using Glue.Guest.Native;

namespace Glue.Guest.Telemetry;

/// <summary>What waits for one extension, and when it leaves.</summary>
internal sealed class Subscription(string extension, SubscriptionTerms terms, ICourier courier)
{
    // An extension that does not answer holds its own records only, and not for ever.
    private const int MaxHeld = 1 << 20, MaxAttempts = 5;

    private readonly List<byte> _records = [];
    private List<byte> _batch = [];
    private int _items;
    private int _batchItems;
    private int _attempts;
    private long _due;
    private (int Records, long Bytes) _dropped;

    public string Extension { get; } = extension;

    public SubscriptionTerms Terms { get; } = terms;

    /// <summary>When something is to be sent; monotonic nanoseconds, <see cref="long.MaxValue"/> when nothing is.</summary>
    public long Due => courier.IsBusy || (_items == 0 && _batchItems == 0) ? long.MaxValue : _due;

    /// <summary>Everything that was said has been delivered, or given up.</summary>
    public bool IsDone => !courier.IsBusy && _items == 0 && _batchItems == 0;

    public void Add(ReadOnlySpan<byte> record)
    {
        if (_records.Count + record.Length > MaxHeld)
        {
            _dropped = (_dropped.Records + 1, _dropped.Bytes + record.Length);
            return;
        }

        _records.AddRange(_items == 0 ? courier.Begin : courier.Between);
        _records.AddRange(record);
        if (_items++ == 0 && _batchItems == 0)
        {
            _due = Clock.Monotonic + (Terms.TimeoutMs * 1_000_000L);
        }

        if (_items >= Terms.MaxItems || _records.Count >= Terms.MaxBytes)
        {
            Hurry();
        }
    }

    /// <summary>Another one takes its place.</summary>
    public void Close() => courier.Close();

    /// <summary>Does not wait for more.</summary>
    public void Hurry() => _due = _attempts == 0 ? 0 : _due;

    /// <summary>Sends what is due.</summary>
    /// <param name="now">Monotonic nanoseconds.</param>
    /// <param name="tellDropped">Makes the record of what had to be dropped. It goes with the next batch, and is no reason for one: who does not listen is left alone.</param>
    public void Send(long now, Func<int, long, byte[]> tellDropped)
    {
        if (courier.IsBusy || Due > now)
        {
            return;
        }

        if (_batchItems == 0)
        {
            if (_dropped.Records > 0)
            {
                _records.AddRange([.. courier.Between, .. tellDropped(_dropped.Records, _dropped.Bytes)]);
                _items++;
                _dropped = default;
            }

            (_batch, _batchItems) = ([.. _records, .. courier.End], _items);
            _records.Clear();
            _items = 0;
        }

        if (!courier.Send(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_batch)))
        {
            Failed(now);
        }
    }

    /// <summary>The courier can go on.</summary>
    public void Serve(long now)
    {
        switch (courier.Serve())
        {
            case true:
                _batchItems = _attempts = 0;
                _due = now + (_items > 0 ? Terms.TimeoutMs * 1_000_000L : 0);
                break;
            case false:
                Failed(now);
                break;
            default:
                break;
        }
    }

    private void Failed(long now)
    {
        _due = now + (Terms.TimeoutMs * 1_000_000L);
        if (++_attempts == MaxAttempts)
        {
            _dropped = (_dropped.Records + _batchItems, _dropped.Bytes + _batch.Count);
            _batchItems = _attempts = 0;
        }
    }
}
