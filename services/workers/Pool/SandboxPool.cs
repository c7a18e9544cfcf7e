using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Code;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>
/// Who gets which sandbox, and when one is started or given up. A request takes a warm sandbox, or waits for whatever comes first: one
/// that becomes free, or a new one. Never are more starting than there are requests that nothing else will serve.
/// </summary>
internal sealed class SandboxPool : ISandboxHost, IAsyncDisposable
{
    // How long a sandbox that has answered may take to poll again before a start is made in its place.
    private static readonly TimeSpan ReturnGrace = TimeSpan.FromMilliseconds(100);

    private const string ChangedReason = "its function was changed or deleted";
    private const string StoppingReason = "the worker stops";

    private readonly Lock _lock = new();
    private readonly Dictionary<VersionKey, VersionPool> _versions = [];
    private readonly Dictionary<Sandbox, VersionPool> _alive = [];
    private readonly HashSet<Sandbox> _retired = [];
    private readonly HashSet<Task> _lives = [];
    private readonly SandboxContext _context;
    private readonly CodeCache _code;
    private readonly TemplateMaker _templates;
    private readonly ITimer _reclaim;
    private readonly int _maxStarts;
    private int _usedMiB;
    private int _starting;
    private bool _isShortOfRoom;
    private bool _isStopping;

    public SandboxPool(SandboxContext context, CodeCache code)
    {
        _context = context;
        _code = code;
        _templates = new TemplateMaker(context, code);
        var options = context.Options;
        BudgetMiB = options.MemoryBudgetMiB > 0
            ? options.MemoryBudgetMiB
            : (int)(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024 * 1024) * 3 / 4);
        _maxStarts = options.MaxConcurrentStarts > 0 ? options.MaxConcurrentStarts : Environment.ProcessorCount;
        var every = TimeSpan.FromTicks(Math.Clamp(options.IdleTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond * 100, TimeSpan.TicksPerSecond * 15));
        _reclaim = context.Time.CreateTimer(static state => ((SandboxPool)state!).Reclaim(), this, every, every);
    }

    public int BudgetMiB { get; }

    public WorkerStatus Status
    {
        get
        {
            lock (_lock)
            {
                return new WorkerStatus(
                    _context.Options.Id, BudgetMiB, _usedMiB, _alive.Count, _versions.Values.Sum(each => each.Idle.Count), _versions.Values.Sum(each => each.WaiterCount));
            }
        }
    }

    public Task<InvokeOutcome> InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken)
    {
        Sandbox? idle = null;
        lock (_lock)
        {
            if (_isStopping)
            {
                return Task.FromResult(NotRun("This worker is stopping."));
            }

            if (_versions.TryGetValue(new VersionKey(version.Arn, version.RevisionId), out var pool) && pool.Idle.Count > 0)
            {
                idle = pool.Idle[^1].Sandbox;
                pool.Idle.RemoveAt(pool.Idle.Count - 1);
            }
        }

        // Warm: no queue, no state machine. One that died just now is not told from none.
        return idle is not null && idle.TryRun(request, TimeSpan.Zero, out var outcome)
            ? OrAbandoned(idle, outcome, cancellationToken)
            : WaitAsync(version, request, cancellationToken);
    }

    /// <summary>Gives up every sandbox of a function: idle ones now, the others when they are done. Returns when the idle ones are gone.</summary>
    /// <param name="functionArn">Without version or alias.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun goes on.</param>
    public Task RetireAsync(string functionArn, CancellationToken cancellationToken)
    {
        List<Sandbox> idle = [];
        lock (_lock)
        {
            foreach (var (sandbox, pool) in _alive.Where(each => IsOf(each.Value.Version.Arn, functionArn)))
            {
                _retired.Add(sandbox);
                if (pool.Idle.RemoveAll(each => each.Sandbox == sandbox) > 0)
                {
                    idle.Add(sandbox);
                }
            }
        }

        idle.ForEach(static each => each.Kill(ChangedReason));
        return Task.WhenAll(idle.Select(each => each.Gone)).WaitAsync(cancellationToken);
    }

    /// <summary>Has a snapshot made of the version if it may have one and has none; returns at once.</summary>
    public void Prepare(FunctionVersion version) => _templates.Want(version);

    void ISandboxHost.IsReady(Sandbox sandbox)
    {
        string? kill = null;
        lock (_lock)
        {
            var pool = _alive[sandbox];
            if (_isStopping || _retired.Contains(sandbox))
            {
                kill = _isStopping ? StoppingReason : ChangedReason;
            }
            else if (!pool.TryGrant(new Granted(sandbox)))
            {
                pool.Idle.Add(new IdleSandbox(sandbox, _context.Time.GetTimestamp()));
            }

            if (kill is null && !_isShortOfRoom)
            {
                return;
            }
        }

        if (kill is not null)
        {
            sandbox.Kill(kill);
        }

        Scale(); // an idle sandbox may make room for whoever waits
    }

    void ISandboxHost.IsGone(Sandbox sandbox)
    {
        lock (_lock)
        {
            if (!_alive.Remove(sandbox, out var pool))
            {
                return;
            }

            _retired.Remove(sandbox);
            pool.Idle.RemoveAll(each => each.Sandbox == sandbox);
            pool.Sandboxes.Remove(sandbox);
            _usedMiB -= pool.Version.MemoryMiB;
            RemoveIfEmpty(pool);
        }

        Scale();
    }

    public async ValueTask DisposeAsync()
    {
        List<Sandbox> idle;
        Task[] lives;
        lock (_lock)
        {
            _isStopping = true;
            lives = [.. _lives];
            idle = [.. _versions.Values.SelectMany(each => each.Idle).Select(each => each.Sandbox)];
            foreach (var pool in _versions.Values)
            {
                pool.Idle.Clear();
                while (pool.TryGrant(new Granted(null, Reason: "This worker is stopping.")))
                {
                    // each of them
                }
            }
        }

        await _reclaim.DisposeAsync();
        await _templates.DisposeAsync();
        idle.ForEach(static each => each.Kill(StoppingReason));
        using var limit = new CancellationTokenSource(_context.Options.DrainTimeout, _context.Time);
        try
        {
            await Task.WhenAll(lives).WaitAsync(limit.Token); // each ends with its sandbox
        }
        catch (OperationCanceledException)
        {
            List<Sandbox> late;
            lock (_lock)
            {
                late = [.. _alive.Keys];
            }

            late.ForEach(static each => each.Kill("the worker stops, and the invocation did not end in time"));
            await Task.WhenAll(lives);
        }
    }

    private async Task<InvokeOutcome> WaitAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken)
    {
        if (version.MemoryMiB > BudgetMiB)
        {
            return NotRun($"The function wants {version.MemoryMiB} MB, this worker has {BudgetMiB} MB for all: lower its MemorySize or raise the worker's memory budget.");
        }

        var since = _context.Time.GetTimestamp();
        while (true)
        {
            var granted = await GrantAsync(version, since, cancellationToken);
            var waited = _context.Time.GetElapsedTime(since);
            if (granted.Failed is { } failed)
            {
                return granted.Sandbox!.FailInit(request, failed, waited);
            }

            if (granted.Sandbox is not { } sandbox)
            {
                return NotRun(granted.Reason!);
            }

            if (sandbox.TryRun(request, waited, out var outcome))
            {
                return await OrAbandoned(sandbox, outcome, cancellationToken);
            }
        }
    }

    /// <summary>An invocation that is abandoned ends with its sandbox: a handler cannot be stopped otherwise, and may be run again elsewhere.</summary>
    private static Task<InvokeOutcome> OrAbandoned(Sandbox sandbox, Task<InvokeOutcome> running, CancellationToken cancellationToken)
    {
        return cancellationToken.CanBeCanceled ? WatchAsync() : running;

        async Task<InvokeOutcome> WatchAsync()
        {
            using var registration = cancellationToken.UnsafeRegister(
                static state => ((Sandbox)state!).Kill("its invocation was abandoned"), sandbox);
            var outcome = await running;
            if (outcome.Status != InvokeStatus.Succeeded)
            {
                cancellationToken.ThrowIfCancellationRequested(); // it failed because it was killed
            }

            return outcome;
        }
    }

    private async Task<Granted> GrantAsync(FunctionVersion version, long since, CancellationToken cancellationToken)
    {
        var waiter = new Waiter(since);
        VersionPool pool;
        LinkedListNode<Waiter> place;
        lock (_lock)
        {
            var key = new VersionKey(version.Arn, version.RevisionId);
            if (!_versions.TryGetValue(key, out pool!))
            {
                _versions.Add(key, pool = new VersionPool(key, version));
            }

            place = pool.Add(waiter);
        }

        Scale();
        while (true)
        {
            try
            {
                return await waiter.Granted.WaitAsync(_context.Options.RoomTimeout, _context.Time, cancellationToken);
            }
            catch (Exception e) when (e is TimeoutException or OperationCanceledException)
            {
                // A start that is under way has its own limits. The caller's leave ends only the wait: what was started stays warm.
                var isStarting = pool.Starting > 0 && e is TimeoutException;
                if (!isStarting && waiter.TryGrant(new Granted(null, Reason: NoRoom(version))))
                {
                    lock (_lock)
                    {
                        pool.Remove(place);
                        RemoveIfEmpty(pool);
                    }

                    cancellationToken.ThrowIfCancellationRequested();
                }
            }
        }
    }

    /// <summary>Starts what is missing, as far as there is room; gives up idle sandboxes of others for it.</summary>
    private void Scale(bool isGraceOver = false)
    {
        List<Sandbox> evicted = [];
        List<(VersionPool Pool, Sandbox Sandbox)> started = [];
        var mustLookAgain = false;
        lock (_lock)
        {
            _isShortOfRoom = false;
            while (_starting < _maxStarts && !_isStopping && NextToStart(isGraceOver, ref mustLookAgain) is { } pool)
            {
                if (!HasRoom(pool.Version, evicted))
                {
                    _isShortOfRoom = true;
                    break;
                }

                var sandbox = new Sandbox(Guid.NewGuid().ToString("N"), pool.Version, this, _context);
                pool.Sandboxes.Add(sandbox);
                pool.Starting++;
                _alive.Add(sandbox, pool);
                _starting++;
                _usedMiB += pool.Version.MemoryMiB;
                started.Add((pool, sandbox));
            }
        }

        evicted.ForEach(static each => each.Kill("its place was needed"));
        foreach (var (pool, sandbox) in started)
        {
            Track(LiveAsync(pool, sandbox));
        }

        if (mustLookAgain)
        {
            _ = _context.Time.CreateTimer(static state => ((SandboxPool)state!).Scale(isGraceOver: true), this, ReturnGrace, Timeout.InfiniteTimeSpan);
        }
    }

    private VersionPool? NextToStart(bool isGraceOver, ref bool mustLookAgain)
    {
        VersionPool? next = null;
        foreach (var pool in _versions.Values)
        {
            var missing = pool.WaiterCount - pool.Starting;
            if (missing <= 0)
            {
                continue;
            }

            var returning = isGraceOver ? 0 : pool.Sandboxes.Count(static each => each.IsReturning);
            if (missing <= returning)
            {
                mustLookAgain = true;
            }
            else if (next is null || pool.OldestSince < next.OldestSince)
            {
                next = pool;
            }
        }

        return next;
    }

    private bool HasRoom(FunctionVersion version, List<Sandbox> evicted)
    {
        var missingMiB = _usedMiB + version.MemoryMiB - BudgetMiB;
        var missingPlaces = _alive.Count + 1 - _context.Options.MaxSandboxes;
        foreach (var leaving in _alive.Keys.Where(static each => each.State == SandboxState.Draining))
        {
            missingMiB -= leaving.Version.MemoryMiB; // makes room by itself
            missingPlaces--;
        }

        while ((missingMiB > 0 || missingPlaces > 0) && TakeLeastRecentlyUsed() is { } sandbox)
        {
            evicted.Add(sandbox);
            missingMiB -= sandbox.Version.MemoryMiB;
            missingPlaces--;
        }

        return _usedMiB + version.MemoryMiB <= BudgetMiB && _alive.Count < _context.Options.MaxSandboxes;
    }

    private Sandbox? TakeLeastRecentlyUsed()
    {
        VersionPool? from = null;
        foreach (var pool in _versions.Values)
        {
            if (pool.Idle.Count > 0 && (from is null || pool.Idle[0].Since < from.Idle[0].Since))
            {
                from = pool;
            }
        }

        var sandbox = from?.Idle[0].Sandbox;
        from?.Idle.RemoveAt(0);
        return sandbox;
    }

    /// <summary>One sandbox from code to end.</summary>
    private async Task LiveAsync(VersionPool pool, Sandbox sandbox)
    {
        await Task.Yield();
        CodeLease? code = null;
        SandboxStarted started;
        try
        {
            code = await _code.RentAsync(pool.Version, CancellationToken.None);
            var command = RuntimeCommand.Of(pool.Version, code.Folder);
            started = command.Failure is { } failure
                ? sandbox.Abandon(failure)
                : await sandbox.StartAsync(new SandboxSpec(sandbox.Id, pool.Version, code.Folder), command);
        }
        catch (InvalidCodeException e)
        {
            started = sandbox.Abandon(new FunctionFailure("Runtime.InvalidCode", e.Message));
        }
        catch (Exception e) // the code store failed, or the protocol's limits: the request learns why, the worker goes on
        {
            Log.SandboxNotStarted(_context.Logger, sandbox.Id, pool.Version.Arn, e);
            started = new SandboxStarted(null, $"The sandbox could not start: {e.Message}");
            sandbox.Abandon(null);
        }

        lock (_lock)
        {
            pool.Starting--;
            _starting--;
            if (!started.IsReady)
            {
                pool.TryGrant(started.Failure is null ? new Granted(null, Reason: started.Reason) : new Granted(sandbox, started));
            }

            RemoveIfEmpty(pool);
        }

        Scale();
        if (started.IsReady)
        {
            Prepare(pool.Version);
        }

        await sandbox.Gone;
        code?.Dispose();
    }

    private void Reclaim()
    {
        var time = _context.Time;
        List<Sandbox> tooOld = [];
        lock (_lock)
        {
            foreach (var pool in _versions.Values)
            {
                while (pool.Idle.Count > 0 && time.GetElapsedTime(pool.Idle[0].Since) >= _context.Options.IdleTimeout)
                {
                    tooOld.Add(pool.Idle[0].Sandbox);
                    pool.Idle.RemoveAt(0);
                }
            }
        }

        tooOld.ForEach(static each => each.Kill("it was idle for long"));
    }

    private void Track(Task life)
    {
        lock (_lock)
        {
            _lives.Add(life);
        }

        _ = life.ContinueWith(
            static (task, state) =>
            {
                var self = (SandboxPool)state!;
                lock (self._lock)
                {
                    self._lives.Remove(task);
                }
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    private void RemoveIfEmpty(VersionPool pool)
    {
        if (pool.IsEmpty)
        {
            _versions.Remove(pool.Key);
        }
    }

    private string NoRoom(FunctionVersion version)
    {
        var status = Status;
        return $"No room for a sandbox of {version.MemoryMiB} MB within {_context.Options.RoomTimeout.TotalSeconds:0.#} s: {status.MemoryUsedMiB} of {status.MemoryBudgetMiB} MB "
            + $"and {status.Sandboxes} of {_context.Options.MaxSandboxes} sandboxes are in use by running functions. Try again, or raise the worker's limits.";
    }

    private static InvokeOutcome NotRun(string reason) => new() { Status = InvokeStatus.NotRun, Reason = reason };

    private static bool IsOf(string versionArn, string functionArn) =>
        versionArn.StartsWith(functionArn, StringComparison.Ordinal) && (versionArn.Length == functionArn.Length || versionArn[functionArn.Length] == ':');
}
