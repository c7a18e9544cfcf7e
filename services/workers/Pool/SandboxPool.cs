using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Code;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Pool;

/// <summary>
/// Who gets which sandbox, and when one is started or given up. A request takes a warm sandbox, or waits for whatever comes first: one
/// that becomes free, or a new one. Never are more starting than there are requests that nothing else will serve and provisioned ones missing.
/// </summary>
internal sealed partial class SandboxPool : ISandboxHost, IAsyncDisposable
{
    private const string ChangedReason = "its function was changed or deleted";
    private const string StoppingReason = "the worker stops";
    private const string SurplusReason = "fewer are provisioned now";

    private readonly Lock _lock = new();
    private readonly Dictionary<VersionKey, VersionPool> _versions = [];
    private readonly HashSet<Sandbox> _retired = [];
    private readonly RunningTasks _lives = new();
    private readonly SandboxContext _context;
    private readonly SandboxLife _life;
    private readonly TemplateMaker _templates;
    private readonly Room _room;
    private readonly ITimer _reclaim;
    private readonly int _maxStarts;
    private int _starting;
    private bool _isShortOfRoom;
    private bool _isStopping;

    public SandboxPool(SandboxContext context, CodeCache code)
    {
        _context = context;
        _life = new SandboxLife(context, code);
        _templates = new TemplateMaker(context, code);
        var options = context.Options;
        _room = new Room(options.MemoryBudgetMiB, options.MaxSandboxes);
        _maxStarts = options.MaxConcurrentStarts;
        var every = TimeSpan.FromTicks(Math.Clamp(options.IdleTimeout.Ticks / 4, TimeSpan.TicksPerMillisecond * 100, TimeSpan.TicksPerSecond * 15));
        _reclaim = context.Time.CreateTimer(static state => ((SandboxPool)state!).Reclaim(), this, every, every);
    }

    public WorkerStatus Status
    {
        get
        {
            var (idle, waiting, awaitedMiB) = (0, 0, 0);
            Dictionary<string, int> warm = new(StringComparer.Ordinal);
            lock (_lock)
            {
                foreach (var (key, pool) in _versions)
                {
                    idle += pool.IdleCount;
                    waiting += pool.WaiterCount;
                    awaitedMiB += Math.Max(0, pool.WaiterCount - pool.Starting) * pool.Version.MemoryMiB;
                    if (pool.IdleCount > 0)
                    {
                        warm[key.RevisionId] = warm.GetValueOrDefault(key.RevisionId) + pool.IdleCount;
                    }
                }

                return new WorkerStatus(_context.Options.Id, _room.BudgetMiB, _room.UsedMiB, awaitedMiB, _room.Alive.Count, idle, warm, waiting);
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

            if (_versions.TryGetValue(VersionKey.Of(version), out var pool))
            {
                idle = pool.TakeIdle();
            }
        }

        // Warm: no queue, no state machine. One that died just now is not told from none.
        return idle is not null && idle.TryRun(request, TimeSpan.Zero, out var outcome)
            ? Abandonment.Watch(idle, outcome, cancellationToken)
            : WaitAsync(version, request, cancellationToken);
    }

    /// <summary>Gives up sandboxes: idle ones now, the others when they are done. Returns when the idle ones are gone.</summary>
    /// <param name="functionArn">Of a version; without version or alias: of all versions of the function.</param>
    /// <param name="cancellationToken">Stops waiting; what was begun goes on.</param>
    public Task RetireAsync(string functionArn, CancellationToken cancellationToken)
    {
        var idle = Retire((_, pool) => IsOf(pool.Version.Arn, functionArn));
        idle.ForEach(static each => each.Retire(ChangedReason));
        return Task.WhenAll(idle.Select(each => each.Gone)).WaitAsync(cancellationToken);
    }

    /// <summary>Has a snapshot made of the version if it may have one and has none; returns at once.</summary>
    public void Prepare(FunctionVersion version) => _templates.Want(version);

    /// <summary>Keeps so many sandboxes of these versions initialised, and of no others. Returns at once.</summary>
    public void Provision(IReadOnlyCollection<ProvisionedVersion> wanted)
    {
        List<Sandbox> surplus = [];
        lock (_lock)
        {
            var counts = wanted.ToDictionary(static each => VersionKey.Of(each.Version));
            foreach (var each in wanted)
            {
                PoolOf(each.Version);
            }

            foreach (var pool in _versions.Values.ToList())
            {
                surplus.AddRange(pool.Provisioned.Want(counts.GetValueOrDefault(pool.Key)?.Sandboxes ?? 0));
                RemoveIfEmpty(pool);
            }
        }

        surplus.ForEach(static each => each.Retire(SurplusReason));
        Scale();
    }

    /// <summary>What there is of a version's provisioned sandboxes.</summary>
    public ProvisionedState ProvisionedOf(FunctionVersion version)
    {
        lock (_lock)
        {
            return _versions.TryGetValue(VersionKey.Of(version), out var pool) ? pool.Provisioned.State : default;
        }
    }

    void ISandboxHost.IsReady(Sandbox sandbox)
    {
        string? kill = null;
        lock (_lock)
        {
            var pool = _room.Alive[sandbox];

            // Here and not when the start tells its result, on another thread: between the two its waiter would seem to have nobody.
            var wasStarting = EndStart(pool, sandbox);
            if (_isStopping || _retired.Contains(sandbox))
            {
                kill = _isStopping ? StoppingReason : ChangedReason;
            }
            else if (pool.TryGrant(new Granted(sandbox)))
            {
                // Busy again.
            }
            else if (!pool.Provisioned.Has(sandbox))
            {
                pool.Idle.Add(new IdleSandbox(sandbox, _context.Time.GetTimestamp()));
            }
            else if (!pool.Provisioned.Keep(sandbox))
            {
                kill = SurplusReason;
            }

            if (kill is null && !_isShortOfRoom && !wasStarting)
            {
                return;
            }
        }

        if (kill is not null)
        {
            sandbox.Retire(kill);
        }

        Scale(); // an idle sandbox may make room for whoever waits, and an ended start a place
    }

    void ISandboxHost.IsGone(Sandbox sandbox)
    {
        lock (_lock)
        {
            if (_room.Remove(sandbox) is not { } pool)
            {
                return;
            }

            _retired.Remove(sandbox);
            pool.Forget(sandbox);
            RemoveIfEmpty(pool);
            foreach (var each in _versions.Values)
            {
                each.Provisioned.ShortOfRoom = null;
            }
        }

        Scale();
    }

    public async ValueTask DisposeAsync()
    {
        List<Sandbox> idle = [];
        Task lives;
        lock (_lock)
        {
            _isStopping = true;
            lives = _lives.WhenAll();
            foreach (var pool in _versions.Values)
            {
                while (pool.TakeIdle() is { } sandbox)
                {
                    idle.Add(sandbox);
                }

                while (pool.TryGrant(new Granted(null, Reason: "This worker is stopping.")))
                {
                    // each of them
                }
            }
        }

        await _reclaim.DisposeAsync();
        await _templates.DisposeAsync();
        idle.ForEach(static each => each.Retire(StoppingReason));
        using var limit = new CancellationTokenSource(_context.Options.DrainTimeout, _context.Time);
        try
        {
            await lives.WaitAsync(limit.Token); // each ends with its sandbox
        }
        catch (OperationCanceledException)
        {
            List<Sandbox> late;
            lock (_lock)
            {
                late = [.. _room.Alive.Keys];
            }

            late.ForEach(static each => each.Kill("the worker stops, and the invocation did not end in time"));
            await lives;
        }
    }

    private void Reclaim()
    {
        var time = _context.Time;
        List<Sandbox> tooOld = [];
        var mustTryAgain = false;
        lock (_lock)
        {
            foreach (var pool in _versions.Values)
            {
                mustTryAgain |= pool.Provisioned.Failure is not null || pool.Provisioned.ShortOfRoom is not null;
                (pool.Provisioned.Failure, pool.Provisioned.ShortOfRoom) = (null, null);
                while (pool.Idle.Count > 0 && time.GetElapsedTime(pool.Idle[0].Since) >= _context.Options.IdleTimeout)
                {
                    tooOld.Add(pool.Idle[0].Sandbox);
                    pool.Idle.RemoveAt(0);
                }
            }
        }

        tooOld.ForEach(static each => each.Retire("it was idle for long"));
        Retire((sandbox, _) => sandbox.Age >= _context.Options.SandboxLifetime).ForEach(static each => each.Retire("it has reached its age"));
        if (mustTryAgain)
        {
            Scale();
        }
    }

    /// <summary>No invocation gets them any more: those that are busy are given up when they are done.</summary>
    /// <returns>The idle ones, to be killed outside the lock.</returns>
    private List<Sandbox> Retire(Func<Sandbox, VersionPool, bool> which)
    {
        List<Sandbox> idle = [];
        lock (_lock)
        {
            foreach (var (sandbox, pool) in _room.Alive.Where(each => which(each.Key, each.Value)))
            {
                _retired.Add(sandbox);
                pool.Provisioned.Forget(sandbox);
                if (pool.TakeIdle(sandbox))
                {
                    idle.Add(sandbox);
                }
            }
        }

        return idle;
    }

    private VersionPool PoolOf(FunctionVersion version)
    {
        var key = VersionKey.Of(version);
        if (!_versions.TryGetValue(key, out var pool))
        {
            _versions.Add(key, pool = new VersionPool(key, version));
        }

        return pool;
    }

    private void RemoveIfEmpty(VersionPool pool)
    {
        if (pool.IsEmpty)
        {
            _versions.Remove(pool.Key);
        }
    }

    private static InvokeOutcome NotRun(string reason) => new() { Status = InvokeStatus.NotRun, Reason = reason };

    private static bool IsOf(string versionArn, string functionArn) =>
        versionArn.StartsWith(functionArn, StringComparison.Ordinal) && (versionArn.Length == functionArn.Length || versionArn[functionArn.Length] == ':');
}
