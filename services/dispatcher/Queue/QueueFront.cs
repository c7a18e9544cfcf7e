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
internal sealed class QueueFront(FairScheduler scheduler, HeadBudget budget, long firstToken)
{
    private readonly Dictionary<FunctionKey, HeadWindow> _windows = [];
    private readonly Dictionary<long, LeaseInHand> _leased = [];
    private readonly Dictionary<OrderKey, List<QueueHead>> _keysInHand = []; // with those that wait for it
    private readonly PriorityQueue<HeadWindow, long> _wakeups = new();
    private readonly HashSet<HeadWindow> _toLoad = [];
    private readonly KeptBodies _kept = new();
    private long _token = firstToken;
    private long _nextExpiryMs = long.MaxValue;

    public int LeasedCount => _leased.Count;

    /// <summary>Heads in memory.</summary>
    public int HeadCount => budget.Count;

    /// <summary>Entries that are leased, and since when (milliseconds since 1970).</summary>
    public Dictionary<long, long> Leased() => _leased.ToDictionary(static held => held.Key, static held => held.Value.SinceMs);

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
    public List<(Lease Lease, FunctionKey Function, QueueHead Head)> Take(int max, long nowMs, long untilMs)
    {
        Expire(nowMs);
        Wake(nowMs);
        var taken = new List<(Lease, FunctionKey, QueueHead)>();
        while (taken.Count < max && scheduler.Next() is { } function)
        {
            var window = _windows[function];
            var head = window.TakeFirst();
            if (head.OrderKey is { } text)
            {
                var key = new OrderKey(function, text);
                if (_keysInHand.TryGetValue(key, out var waiting))
                {
                    waiting.Add(head); // a due retry while another of its key runs: one at a time
                    Refresh(window, nowMs);
                    continue;
                }

                _keysInHand.Add(key, []);
            }

            var lease = new Lease(head.Entry, ++_token);
            _leased.Add(head.Entry, new LeaseInHand(lease.Token, window, head, scheduler.Started(function)) { SinceMs = nowMs, UntilMs = untilMs });
            _nextExpiryMs = Math.Min(_nextExpiryMs, untilMs);
            taken.Add((lease, function, head));
            Refresh(window, nowMs);
        }

        return taken;
    }

    /// <returns>False: the lease is no longer held.</returns>
    public bool Renew(Lease lease, long untilMs)
    {
        if (Find(lease) is not { } held)
        {
            return false;
        }

        held.UntilMs = untilMs;
        return true;
    }

    /// <summary>
    /// Its run is over and gives its place back; its settlement is on the way to disk. Until <see cref="Settled"/> or <see cref="NotSettled"/> it
    /// neither runs out nor is settled twice, and nobody of its order key follows.
    /// </summary>
    /// <param name="lease">The lease.</param>
    /// <param name="held">How long the attempt held its place; null when nothing ran.</param>
    /// <returns>What was leased; null: the lease is no longer held.</returns>
    public (FunctionKey Function, QueueHead Head)? BeginSettling(Lease lease, TimeSpan? held)
    {
        if (Find(lease) is not { IsSettling: false } hand)
        {
            return null;
        }

        hand.IsSettling = true;
        End(hand, held);
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
        var leases = _leased.Where(static held => !held.Value.IsSettling).Select(static held => new Lease(held.Key, held.Value.Token)).ToList();
        leases.ForEach(lease => Return(lease, nowMs));
        return leases.Count;
    }

    /// <summary>When something may be leased that may not be now, if nothing changes; <see cref="long.MaxValue"/>: never.</summary>
    public long NextLookMs() => Math.Min(_nextExpiryMs, _wakeups.TryPeek(out _, out var dueMs) ? dueMs : long.MaxValue);

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
        if (hand.Head.OrderKey is { } text && _keysInHand.Remove(new OrderKey(hand.Window.Function, text), out var waiting))
        {
            foreach (var head in waiting)
            {
                hand.Window.PutBack(head);
            }
        }
    }

    private void Expire(long nowMs)
    {
        if (nowMs < _nextExpiryMs)
        {
            return;
        }

        _nextExpiryMs = long.MaxValue;
        var over = new List<Lease>();
        foreach (var (entry, hand) in _leased)
        {
            if (hand.IsSettling)
            {
                continue;
            }

            if (hand.UntilMs <= nowMs)
            {
                over.Add(new Lease(entry, hand.Token));
            }
            else
            {
                _nextExpiryMs = Math.Min(_nextExpiryMs, hand.UntilMs);
            }
        }

        foreach (var lease in over)
        {
            Return(lease, nowMs);
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

        public required long SinceMs { get; init; }

        public required long UntilMs { get; set; }

        public bool IsSettling { get; set; }

        /// <summary>It holds no place any more.</summary>
        public bool HasEnded { get; set; }
    }
}
