using System.Runtime.InteropServices;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// The front of every logical queue in memory: which entries may be leased, which are, and whose turn it is. Told of every change in the
/// order in which the disk has them. Knows no clock and no disk; not safe for two threads at once, its owner holds a lock.
/// </summary>
/// <remarks>
/// Leases live here alone. They matter while their owner lives, and the owner of this queue is this process: after a crash nothing
/// is leased and everything unsettled is on disk as ready, so a lease needs no write.
/// </remarks>
internal sealed class QueueFront(IServicePolicy policy, FairScheduler scheduler, HeadBudget budget, long firstToken)
{
    private readonly Dictionary<FunctionKey, HeadWindow> _windows = [];
    private readonly Dictionary<long, LeaseInHand> _leased = [];
    private readonly Dictionary<OrderKey, List<QueueHead>> _keysInHand = []; // with those that wait for it
    private readonly PriorityQueue<HeadWindow, long> _wakeups = new();
    private readonly HashSet<HeadWindow> _toLoad = [];
    private readonly KeptBodies _kept = new();
    private long _token = firstToken;
    
    // By the clock that nobody sets: a wall clock set forward must not end every lease at once.
    private long _nextExpiryTickMs = long.MaxValue;

    public int LeasedCount => _leased.Count;

    public bool IsLeased(long entry) => _leased.ContainsKey(entry);

    /// <summary>Heads in memory.</summary>
    public int HeadCount => budget.Count;

    /// <summary>All that have an entry here, on disk or in hands.</summary>
    public IReadOnlyCollection<FunctionKey> Functions => _windows.Keys;

    /// <summary>When the next entry falls due that is not yet, wall clock; <see cref="long.MaxValue"/>: none is known.</summary>
    public long NextDueMs => _wakeups.TryPeek(out _, out var dueMs) ? dueMs : long.MaxValue;

    /// <summary>When the next lease may run out, by the clock of leases; <see cref="long.MaxValue"/>: none is held.</summary>
    public long NextExpiryTickMs => _nextExpiryTickMs;

    /// <summary>Entries that are leased to be run, and since when (milliseconds since 1970).</summary>
    public Dictionary<long, long> Leased() => _leased.Where(static held => !held.Value.IsOld).ToDictionary(static held => held.Key, static held => held.Value.Since.WallMs);

    /// <summary>Found on disk at the start: what it has is still to be loaded.</summary>
    public void Found(FunctionKey function)
    {
        var window = Window(function);
        window.Empty();
        _toLoad.Add(window);
    }

    public void Added(FunctionKey function, QueueHead head, long nowMs)
    {
        var window = Window(function);
        window.Add(head);
        Refresh(window, nowMs);
    }

    /// <summary>Functions whose windows run low; each is named once until <see cref="Loaded"/> or <see cref="LoadFailed"/>.</summary>
    public List<FunctionKey> TakeLoads(int max)
    {
        var windows = _toLoad.Take(max).ToList();
        foreach (var window in windows)
        {
            window.IsLoading = true;
            _toLoad.Remove(window);
        }

        return windows.ConvertAll(static window => window.Function);
    }

    /// <summary>Where a load begins, and how many rows it reads.</summary>
    public (QueuePlace Behind, int Count) Load(FunctionKey function)
    {
        var window = Window(function);
        return (window.Edge, window.LoadSize);
    }

    public void Loaded(FunctionKey function, IReadOnlyList<QueueHead> rows, QueuePlace behind, bool isAll, long nowMs)
    {
        var window = Window(function);
        window.Loaded(rows, behind, isAll);
        Refresh(window, nowMs);
    }

    public void LoadFailed(FunctionKey function, long nowMs)
    {
        var window = Window(function);
        window.IsLoading = false;
        Refresh(window, nowMs);
    }

    /// <summary>Leases what fair service says is next.</summary>
    public List<TakenEntry> Take(int max, QueueTime now, TimeSpan leaseTime)
    {
        var (nowMs, untilTickMs) = (now.WallMs, now.TickMs + (long)leaseTime.TotalMilliseconds);
        Expire(now);
        Wake(nowMs);
        var taken = new List<TakenEntry>();
        while (taken.Count < max && scheduler.Next() is { } function)
        {
            var window = _windows[function];
            if (window.First!.OrderKey is { } waits && _keysInHand.TryGetValue(new OrderKey(function, waits), out var waiting))
            {
                waiting.Add(window.TakeFirst()); // a due retry while another of its key runs: one at a time
                Refresh(window, nowMs);
                continue;
            }

            if (!policy.TryEnter(function, out var place))
            {
                continue; // taken since the scheduler looked, which now passes it over
            }

            var head = window.TakeFirst();
            if (head.OrderKey is { } text)
            {
                _keysInHand.Add(new OrderKey(function, text), []);
            }

            var lease = new Lease(head.Entry, ++_token);
            _leased.Add(head.Entry, new LeaseInHand(lease.Token, window, head, scheduler.Started(function)) { Since = now, UntilTickMs = untilTickMs });
            _nextExpiryTickMs = Math.Min(_nextExpiryTickMs, untilTickMs);
            taken.Add(new TakenEntry(lease, function, head, place));
            Refresh(window, nowMs);
        }

        return taken;
    }

    /// <summary>
    /// Takes an entry that is to be given up, wherever it stands. Nothing of it runs, so it holds no place and no order key, and its lease lasts until it is
    /// settled: it has no place to which it could be put back.
    /// </summary>
    /// <returns>Null: it is in somebody's hands, whose end says what becomes of it.</returns>
    public Lease? TakeOld(FunctionKey function, QueueHead head, QueueTime now)
    {
        if (_leased.ContainsKey(head.Entry))
        {
            return null;
        }

        var window = Window(function);
        if (head.OrderKey is not { } text || !_keysInHand.TryGetValue(new OrderKey(function, text), out var waiting) || waiting.RemoveAll(other => other.Entry == head.Entry) == 0)
        {
            window.Take(head.Entry);
        }

        var lease = new Lease(head.Entry, ++_token);
        _leased.Add(head.Entry, new LeaseInHand(lease.Token, window, head, charged: 0) { Since = now, UntilTickMs = long.MaxValue, IsOld = true, HasEnded = true });
        Refresh(window, now.WallMs);
        return lease;
    }

    /// <returns>False: the lease is no longer held.</returns>
    public bool Renew(Lease lease, long untilTickMs)
    {
        if (Find(lease) is not { } held)
        {
            return false;
        }

        held.UntilTickMs = untilTickMs;
        return true;
    }

    /// <summary>
    /// Its run is over and gives its place back; its settlement is on the way to disk. Until <see cref="Settled"/> or <see cref="NotSettled"/> it
    /// neither runs out nor is settled twice, and nobody of its order key follows.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="hasRun">False: nothing ran.</param>
    /// <param name="now">The time.</param>
    /// <returns>What was leased; null: the lease is no longer held.</returns>
    public (FunctionKey Function, QueueHead Head)? BeginSettling(Lease lease, bool hasRun, QueueTime now)
    {
        if (Find(lease) is not { IsSettling: false } hand)
        {
            return null;
        }

        hand.IsSettling = true;
        End(hand, hasRun ? TimeSpan.FromMilliseconds(now.TickMs - hand.Since.TickMs) : null);
        return (hand.Window.Function, hand.Head);
    }

    public void NotSettled(Lease lease) => Find(lease)!.IsSettling = false;

    /// <param name="lease">Of <see cref="BeginSettling"/>.</param>
    /// <param name="settled">What the disk has become.</param>
    /// <param name="nowMs">The time.</param>
    public void Settled(Lease lease, SettledEntry settled, long nowMs)
    {
        var hand = _leased[lease.Entry];
        GiveUp(hand);
        hand.Window.Forget(lease.Entry);
        foreach (var head in settled.Ready)
        {
            hand.Window.Add(head);
        }

        Refresh(hand.Window, nowMs);
    }

    /// <summary>What was leased is ready as it was: its time ran out, or it could not be read.</summary>
    public void Return(Lease lease, long nowMs)
    {
        if (Find(lease) is { } hand)
        {
            GiveUp(hand);
            hand.Window.PutBack(hand.Head with { Kept = null });
            Refresh(hand.Window, nowMs);
        }
    }

    /// <summary>Everything that is leased is ready again.</summary>
    public int TakeBackAll(long nowMs)
    {
        var leases = _leased.Where(static held => held.Value is { IsSettling: false, IsOld: false }).Select(static held => new Lease(held.Key, held.Value.Token)).ToList();
        leases.ForEach(lease => Return(lease, nowMs));
        return leases.Count;
    }

    private LeaseInHand? Find(Lease lease) => _leased.TryGetValue(lease.Entry, out var held) && held.Token == lease.Token ? held : null;

    private HeadWindow Window(FunctionKey function)
    {
        if (!_windows.TryGetValue(function, out var window))
        {
            _windows.Add(function, window = new HeadWindow(function, budget, _kept));
        }

        return window;
    }

    private void End(LeaseInHand hand, TimeSpan? held)
    {
        if (!hand.HasEnded)
        {
            hand.HasEnded = true;
            scheduler.Finished(hand.Window.Function, hand.Charged, held);
        }
    }

    private void GiveUp(LeaseInHand hand)
    {
        _leased.Remove(hand.Head.Entry);
        End(hand, held: null);
        if (!hand.IsOld && hand.Head.OrderKey is { } text && _keysInHand.Remove(new OrderKey(hand.Window.Function, text), out var waiting))
        {
            foreach (var head in waiting)
            {
                hand.Window.PutBack(head);
            }
        }
    }

    private void Expire(QueueTime now)
    {
        if (now.TickMs < _nextExpiryTickMs)
        {
            return;
        }

        _nextExpiryTickMs = long.MaxValue;
        var over = new List<Lease>();
        foreach (var (entry, hand) in _leased)
        {
            if (hand.IsSettling)
            {
                continue;
            }

            if (hand.UntilTickMs <= now.TickMs)
            {
                over.Add(new Lease(entry, hand.Token));
            }
            else
            {
                _nextExpiryTickMs = Math.Min(_nextExpiryTickMs, hand.UntilTickMs);
            }
        }

        foreach (var lease in over)
        {
            Return(lease, now.WallMs);
        }
    }

    private void Wake(long nowMs)
    {
        while (_wakeups.TryPeek(out var window, out var dueMs) && dueMs <= nowMs)
        {
            _wakeups.Dequeue();
            if (dueMs == window.WakeupMs && _windows.GetValueOrDefault(window.Function) == window)
            {
                window.WakeupMs = long.MaxValue;
                Refresh(window, nowMs);
            }
        }
    }

    /// <summary>Tells the scheduler whether the window's first is due, and itself when to look again.</summary>
    private void Refresh(HeadWindow window, long nowMs)
    {
        var isDue = window.First is { } first && first.DueMs <= nowMs;
        scheduler.SetReady(window.Function, isDue);
        if (!isDue && window.First is { } later && later.DueMs < window.WakeupMs)
        {
            window.WakeupMs = later.DueMs;
            _wakeups.Enqueue(window, later.DueMs);
        }

        if (window.NeedsLoad)
        {
            _toLoad.Add(window);
        }
        else if (window.IsIdle)
        {
            _windows.Remove(window.Function);
        }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct OrderKey(FunctionKey Function, string Key);

    private sealed class LeaseInHand(long token, HeadWindow window, QueueHead head, long charged)
    {
        public long Token => token;

        public HeadWindow Window => window;

        public QueueHead Head => head;

        public long Charged => charged;

        public required QueueTime Since { get; init; }

        public required long UntilTickMs { get; set; }

        /// <summary>To be given up, not to be run.</summary>
        public bool IsOld { get; init; }

        public bool IsSettling { get; set; }

        /// <summary>It holds no place any more.</summary>
        public bool HasEnded { get; set; }
    }
}
