using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// The next due entries of one logical queue, as many as the budget lets it have. Everything on disk up to its edge is here
/// or in somebody's hands, so leasing looks at no disk and memory does not grow with the queue.
/// </summary>
internal sealed class HeadWindow(FunctionKey function, HeadBudget budget, KeptBodies kept)
{
    // Latest first: the next one leaves from the end.
    private readonly List<QueueHead> _heads = [];

    // Those here, leased, or waiting for their order key.
    private readonly HashSet<long> _known = [];

    public FunctionKey Function => function;

    /// <summary>Every ready entry of the disk that stands no later is known here; those behind it are found by a load.</summary>
    public QueuePlace Edge { get; private set; } = QueuePlace.Last;

    public bool IsLoading { get; set; }

    /// <summary>When its owner looks at it again at the latest; <see cref="long.MaxValue"/>: not by time.</summary>
    public long WakeupMs { get; set; } = long.MaxValue;

    public bool NeedsLoad => !IsComplete && !IsLoading && _heads.Count <= budget.Limit / 2;

    /// <summary>Nothing of it is here, in hands or on disk.</summary>
    public bool IsIdle => IsComplete && _known.Count == 0 && !IsLoading;

    public QueueHead? First => _heads.Count == 0 ? null : _heads[^1];

    /// <summary>How many rows behind the edge fill it up.</summary>
    public int LoadSize => Math.Max(1, budget.Limit - _heads.Count);

    private bool IsComplete => Edge == QueuePlace.Last;

    /// <summary>The disk has entries, none of which is known.</summary>
    public void Empty() => Edge = QueuePlace.First;

    /// <summary>A ready entry is on disk.</summary>
    public void Add(QueueHead head)
    {
        if (!head.Place.IsBehind(Edge) && _known.Add(head.Entry))
        {
            Insert(head);
        }
    }

    /// <summary>Ready rows of the disk.</summary>
    /// <param name="rows">In order.</param>
    /// <param name="behind">The edge they begin behind.</param>
    /// <param name="isAll">There are no more.</param>
    public void Loaded(IReadOnlyList<QueueHead> rows, QueuePlace behind, bool isAll)
    {
        IsLoading = false;
        if (behind != Edge)
        {
            return; // it moved meanwhile: between it and these rows there are others
        }

        Edge = isAll ? QueuePlace.Last : rows[^1].Place;
        foreach (var row in rows)
        {
            Add(row);
        }
    }

    /// <summary>Takes the first out; it stays known until <see cref="Forget"/> or <see cref="PutBack"/>.</summary>
    public QueueHead TakeFirst()
    {
        var first = _heads[^1];
        RemoveAt(_heads.Count - 1);
        return first;
    }

    /// <summary>Takes out one of the disk that is in nobody's hands, wherever it stands; it stays known until <see cref="Forget"/>.</summary>
    public void Take(long entry)
    {
        if (_known.Add(entry))
        {
            return; // behind the edge, or held
        }

        RemoveAt(_heads.FindIndex(head => head.Entry == entry));
    }

    /// <summary>One that was taken is ready as it was.</summary>
    public void PutBack(QueueHead head)
    {
        Forget(head.Entry);
        Add(head);
    }

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
        budget.Count++;
        if (_heads.Count > budget.Limit)
        {
            _known.Remove(_heads[0].Entry);
            RemoveAt(0);
            Edge = _heads[0].Place;
        }
    }

    private void RemoveAt(int index)
    {
        kept.Remove(_heads[index]);
        _heads.RemoveAt(index);
        budget.Count--;
    }
}
