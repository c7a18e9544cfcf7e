namespace Glue.Workers.Drivers.MicroVm.Waiting;

/// <summary>
/// VMMs that are started already and wait for the state to load, per snapshot: a restore then need not wait for the process. As many as
/// were wanted at once lately, within a memory budget; they go when nobody wanted them for a while, when others need their place (least
/// recently used first), and all of them when the machine is short of memory. Started one at a time, and only while nobody waits for a restore.
/// </summary>
/// <typeparam name="TSnapshot">What they wait for, compared by reference.</typeparam>
/// <typeparam name="TVmm">What waits.</typeparam>
internal sealed class WaitingPool<TSnapshot, TVmm> : IAsyncDisposable
    where TSnapshot : class
    where TVmm : class, IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly int _most;
    private readonly Func<bool> _isMemoryShort;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private readonly Lock _lock = new();
    private readonly Dictionary<TSnapshot, Entry> _entries = new(ReferenceEqualityComparer.Instance);
    private int _restoring;
    private Task? _working;
    private bool _isStopping;

    /// <param name="most">At once, of all snapshots together; 0: none.</param>
    /// <param name="isMemoryShort">Whether the machine has little memory left.</param>
    /// <param name="time">Clock.</param>
    public WaitingPool(int most, Func<bool> isMemoryShort, TimeProvider time)
    {
        _most = most;
        _isMemoryShort = isMemoryShort;
        _time = time;
        _timer = time.CreateTimer(static state => ((WaitingPool<TSnapshot, TVmm>)state!).Work(), this, Interval, Interval);
    }

    /// <summary>How many wait now.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _entries.Values.Sum(static each => each.Vmms.Count);
            }
        }
    }

    /// <summary>A restore begins. Call <see cref="Done"/> when it is over.</summary>
    /// <param name="snapshot">What is restored.</param>
    /// <param name="make">Starts one that waits for it.</param>
    /// <returns>One that waited, now the caller's; null: there is none.</returns>
    public TVmm? Take(TSnapshot snapshot, Func<Task<TVmm>> make)
    {
        lock (_lock)
        {
            _restoring++;
            if (_most == 0 || _isStopping)
            {
                return null;
            }

            if (!_entries.TryGetValue(snapshot, out var entry))
            {
                _entries.Add(snapshot, entry = new Entry(new RecentDemand(_time)));
            }

            entry.Make = make;
            entry.Demand.Add();
            return entry.Vmms.TryDequeue(out var vmm) ? vmm : null;
        }
    }

    /// <summary>A restore that <see cref="Take"/> began is over, well or not.</summary>
    public void Done()
    {
        lock (_lock)
        {
            _restoring--;
        }

        Work();
    }

    public async ValueTask DisposeAsync()
    {
        Task? working;
        lock (_lock)
        {
            _isStopping = true;
            working = _working;
        }

        await _timer.DisposeAsync();
        await (working ?? Task.CompletedTask);
        foreach (var vmm in _entries.Values.SelectMany(static each => each.Vmms))
        {
            await vmm.DisposeAsync();
        }
    }

    private void Work()
    {
        lock (_lock)
        {
            if (!_isStopping && _working is null && _entries.Count > 0)
            {
                using (ExecutionContext.SuppressFlow()) // no part of the start that happened to ask for it
                {
                    _working = Task.Run(WorkAsync);
                }
            }
        }
    }

    private async Task WorkAsync()
    {
        while (Next() is { } step)
        {
            try
            {
                if (step.Surplus is { } surplus)
                {
                    await surplus.DisposeAsync();
                    continue;
                }

                var made = await step.Entry!.Make!();
                lock (_lock)
                {
                    step.Entry.Vmms.Enqueue(made);
                }
            }
            catch (Exception e) when (e is Qemu.VmmException or IOException or OperationCanceledException)
            {
                step.Entry?.Fail(); // whoever restores next will see what is wrong, and tell
            }
        }
    }

    /// <summary>What is to be done now; null: nothing, and the work ends.</summary>
    private Step? Next()
    {
        var isMemoryShort = _isMemoryShort();
        lock (_lock)
        {
            Entry? wanting = null;
            var total = 0;
            foreach (var (snapshot, entry) in _entries.ToArray())
            {
                entry.Wanted = isMemoryShort ? 0 : Math.Min(entry.Demand.Peak(), _most);
                total += entry.Vmms.Count;
                if (entry.Vmms.Count > entry.Wanted)
                {
                    return new Step(entry.Vmms.Dequeue(), null);
                }

                if (entry.Wanted == 0 && !isMemoryShort)
                {
                    _entries.Remove(snapshot); // nothing keeps its memory from being freed any more
                }
                else if (entry.IsWanting && (wanting is null || entry.Demand.LastUse > wanting.Demand.LastUse))
                {
                    wanting = entry;
                }
            }

            if (wanting is null || _restoring > 0 || _isStopping)
            {
                _working = null;
                return null;
            }

            if (total < _most)
            {
                return new Step(null, wanting);
            }

            var oldest = _entries.Values.Where(static each => each.Vmms.Count > 0).MinBy(static each => each.Demand.LastUse)!;
            if (oldest.Demand.LastUse < wanting.Demand.LastUse)
            {
                return new Step(oldest.Vmms.Dequeue(), null);
            }

            _working = null;
            return null;
        }
    }

    private sealed record Step(TVmm? Surplus, Entry? Entry);

    private sealed class Entry(RecentDemand demand)
    {
        private long _failedAt = -1;

        public RecentDemand Demand { get; } = demand;

        public Queue<TVmm> Vmms { get; } = new();

        public Func<Task<TVmm>>? Make { get; set; }

        public int Wanted { get; set; }

        /// <summary>After a failure nothing is tried before the next use.</summary>
        public bool IsWanting => Vmms.Count < Wanted && _failedAt != Demand.LastUse;

        public void Fail() => _failedAt = Demand.LastUse;
    }
}
