using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// The next due entries of one logical queue, at most <c>capacity</c> of them. Everything on disk that stands before the last one here is here
/// or in somebody's hands, so leasing looks at no disk and memory does not grow with the queue.
/// </summary>
internal sealed class HeadWindow(FunctionKey function, int capacity, KeptBodies kept)
{
    // Latest first: the next one leaves from the end.
    private readonly List<QueueHead> _heads = [];

    // Those here, leased, or waiting for their order key.
    private readonly HashSet<long> _known = [];

    public FunctionKey Function => function;

    /// <summary>False: the disk has ready entries behind the last one here.</summary>
    public bool IsComplete { get; set; } = true;

    public bool IsLoading { get; set; }

    /// <summary>When its owner looks at it again at the latest; <see cref="long.MaxValue"/>: not by time.</summary>
    public long WakeupMs { get; set; } = long.MaxValue;

    public bool NeedsLoad => !IsComplete && !IsLoading && _heads.Count <= capacity / 2;

    /// <summary>Nothing of it is here, in hands or on disk.</summary>
    public bool IsIdle => IsComplete && _known.Count == 0 && !IsLoading;

    public QueueHead? First => _heads.Count == 0 ? null : _heads[^1];

    public int Count => _heads.Count;

    /// <summary>How many rows a load must read to find a full window behind those that are known.</summary>
    public int LoadSize => capacity + _known.Count;

    public bool Knows(long entry) => _known.Contains(entry);

    /// <summary>A ready entry is on disk.</summary>
    public void Add(QueueHead head)
    {
        if (_known.Contains(head.Entry))
        {
            return;
        }

        // Behind the last one of a window that does not reach the end, it is found by the next load.
        if (!IsComplete && (_heads.Count == 0 || !head.IsBefore(_heads[0])))
        {
            return;
        }

        _known.Add(head.Entry);
        Insert(head);
    }

    /// <summary>The first ready rows of the disk.</summary>
    /// <param name="rows">In order.</param>
    /// <param name="isAll">There are no more.</param>
    public void Loaded(IReadOnlyList<QueueHead> rows, bool isAll)
    {
        IsLoading = false;
        IsComplete = true; // for the insertions below; an overflow of the window sets it back
        foreach (var row in rows)
        {
            Add(row);
        }

        IsComplete &= isAll;
    }

    /// <summary>Takes the first out; it stays known until <see cref="Forget"/> or <see cref="PutBack"/>.</summary>
    public QueueHead TakeFirst()
    {
        var first = _heads[^1];
        _heads.RemoveAt(_heads.Count - 1);
        kept.Remove(first);
        return first;
    }

    /// <summary>One that was taken is ready as it was.</summary>
    public void PutBack(QueueHead head) => Insert(head);

    /// <summary>One that was taken is settled, or known no more as it was.</summary>
    public void Forget(long entry) => _known.Remove(entry);

    private void Insert(QueueHead head)
    {
        var index = _heads.Count;
        while (index > 0 && !head.IsBefore(_heads[index - 1]))
        {
            index--;
        }

        _heads.Insert(index, kept.Add(head));
        if (_heads.Count > capacity)
        {
            kept.Remove(_heads[0]);
            _known.Remove(_heads[0].Entry);
            _heads.RemoveAt(0);
            IsComplete = false;
        }
    }
}
