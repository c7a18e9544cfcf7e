using System.Data.Common;
using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Dispatch;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// One simulated installation under one seed: the production queue, scheduler, admission and retry policy over a simulated disk, clock and
/// worker, with crashes, slow and full disks, leases that run out under a slow function, and a clock that jumps. It throws
/// <see cref="ViolationException"/> at the first thing that must not be.
/// </summary>
internal sealed class QueueSimulation : IServicePolicy
{
    private const int Invocations = 120;
    private const long TroubledMs = 90_000;
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);
    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    private readonly int _seed;
    private readonly Random _random;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedDisk _disk;
    private readonly string? _bug;
    private readonly int _places;
    private readonly DispatcherOptions _options = new() { CodeFolder = "unused", SecretKeyFile = "unused", AccountConcurrency = 3 };
    private readonly RetryPolicy _policy;
    private readonly HashSet<string> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<(FunctionKey, string), long> _firstStarted = [];
    private readonly HashSet<long> _started = [];
    private readonly List<Run> _runs = [];
    private EmbeddedInvocationQueue _queue = null!;
    private ConcurrencyLimits _limits = null!;
    private int _life;
    private bool _isLeasing;
    private int _held;
    private string? _violation;

    public QueueSimulation(int seed, string? bug = null)
    {
        (_seed, _bug, _random) = (seed, bug, new Random(seed));
        _disk = new SimulatedDisk(_time, _random) { Trouble = 0.03, Bug = bug };
        _places = _random.Next(2, 12);
        _policy = new RetryPolicy(_options, new AccountLimits(_options));
    }

    public static void Check(int seed, string? bug = null)
    {
        // No context: every continuation runs where it is caused, so the order is the seed's alone.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            new QueueSimulation(seed, bug).Live();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public double Weight(string accountId) => accountId[0] - '0';

    public int MemoryMiB(FunctionKey function) => 128 << (function.Name[0] - 'a');

    public bool HasRoom(FunctionKey function) => _bug == "no limits" || _limits.HasRoom(function.AccountId, function.Name, Reserved(function));

    public void WhenRoomIsMade(Action tell)
    {
    }

    private static int? Reserved(FunctionKey function) => function.Name == "c" ? 1 : null;

    private void Live()
    {
        Begin();
        PlanEvents();
        PlanTrouble();
        _time.In(TroubledMs, () => _disk.Trouble = 0);
        Poll();
        while (_accepted.Count < Invocations || _accepted.Any(id => !_disk.Settled.ContainsKey(id)))
        {
            Require(_time.NowMs < 12 * 3_600_000L && Step(), () =>
                $"lost: {_accepted.Count} of {Invocations} were accepted, never settled were {string.Join(' ', _accepted.Where(id => !_disk.Settled.ContainsKey(id)).Take(5))}");
            ThrowViolation();
        }

        Require(_disk.Settled.Values.All(static times => times == 1), () => "settled twice");
        ThrowViolation();
    }

    private bool Step()
    {
        try
        {
            return _time.Step();
        }
        catch (Exception e)
        {
            throw new ViolationException($"seed {_seed}, at {_time.NowMs} ms: {e}");
        }
    }

    private void ThrowViolation()
    {
        if (_violation is not null)
        {
            throw new ViolationException(_violation);
        }
    }

    /// <summary>A process starts on what the disk has.</summary>
    private void Begin()
    {
        _life++;
        (_isLeasing, _held) = (false, 0);
        _runs.Clear();
        _limits = new ConcurrencyLimits(new AccountLimits(_options), static _ => 1, _time);
        _queue = new EmbeddedInvocationQueue(_disk, this, _places, _time, new LedgerChanges(), new QueueMetrics(Meters));
    }

    private void PlanEvents()
    {
        for (var i = 0; i < Invocations;)
        {
            var batch = new List<Invocation>();
            for (var more = _random.Next(1, 6); more > 0 && i < Invocations; more--, i++)
            {
                batch.Add(new Invocation
                {
                    Id = $"i{i}",
                    AccountId = $"{_random.Next(1, 4)}",
                    FunctionName = $"{(char)('a' + _random.Next(3))}",
                    OrderKey = _random.Next(3) == 0 ? null : $"k{_random.Next(3)}",
                    Payload = default,
                    AcceptedAt = _time.GetUtcNow(),
                });
            }

            _time.In(_random.Next(60_000), () => Go(EnqueueAsync(batch)));
            if (_random.Next(5) == 0)
            {
                _time.In(_random.Next((int)TroubledMs), () => Go(EnqueueAsync(batch))); // a log repeats at times
            }
        }
    }

    private void PlanTrouble()
    {
        for (var crashes = _random.Next(4); crashes > 0; crashes--)
        {
            _time.In(_random.Next((int)TroubledMs), () =>
            {
                _disk.Crash();
                Begin();
            });
        }

        for (var jumps = _random.Next(3); jumps > 0; jumps--)
        {
            _time.In(_random.Next((int)TroubledMs), () => _time.WallOffsetMs += _random.Next(-120_000, 120_000));
        }
    }

    private void Poll()
    {
        Go(ServeAsync());
        _time.In(500, Poll);
    }

    /// <summary>As the intake does: again until it is accepted, across crashes.</summary>
    private async Task EnqueueAsync(List<Invocation> batch)
    {
        var life = _life;
        _time.In(20_000, () =>
        {
            if (batch.Exists(invocation => !_accepted.Contains(invocation.Id)))
            {
                Go(EnqueueAsync(batch));
            }
        });
        try
        {
            await _queue.EnqueueAsync(batch, default);
        }
        catch (DbException)
        {
            return;
        }

        if (life == _life)
        {
            batch.ForEach(invocation => _accepted.Add(invocation.Id));
            _time.In(0, () => Go(ServeAsync()));
        }
    }

    /// <summary>The dispatch loop's part.</summary>
    private async Task ServeAsync()
    {
        if (_isLeasing || _held >= _places)
        {
            return;
        }

        var life = _life;
        _isLeasing = true;
        IReadOnlyList<LeasedInvocation> leased = [];
        try
        {
            EndLeases();
            leased = await _queue.LeaseDueAsync(_places - _held, LeaseTime, default);
            EndLeases();
        }
        catch (DbException)
        {
            // Looked at again by the next poll.
        }

        if (life == _life)
        {
            _isLeasing = false;
            foreach (var entry in leased)
            {
                Start(entry);
            }
        }
    }

    /// <summary>A lease that ran out is over, though somebody sets the clock back.</summary>
    private void EndLeases() => _runs.ForEach(run => run.IsOver |= run.LeasedUntil <= _time.GetUtcNow());

    private void Start(LeasedInvocation leased)
    {
        var invocation = leased.Invocation;
        var function = new FunctionKey(invocation.AccountId, invocation.FunctionName);
        Require(!_disk.Settled.ContainsKey(invocation.Id), () => $"{invocation.Id} runs after it was settled");
        _held++;
        Require(_held <= _places, () => $"{_held} places of {_places} are held");
        CheckOrder(leased, function);
        var run = new Run(function, invocation.OrderKey, _time.GetUtcNow() + LeaseTime);
        _runs.Add(run);
        var startedAt = _time.GetUtcNow();
        if (_bug != "no limits" && _limits.TryEnter(function.AccountId, function.Name, Reserved(function)) != AdmissionResult.Admitted)
        {
            Go(SettleAsync(_policy.AfterNotRun(leased, startedAt, "throttled"), run));
            return;
        }

        run.IsAdmitted = true;
        CheckLimits(function);
        var life = _life;
        var isSlow = _time.NowMs < TroubledMs && _random.Next(40) == 0; // longer than its lease, which nobody renews
        _time.In(isSlow ? 70_000 : _random.Next(1, 3000), () =>
        {
            if (life != _life)
            {
                return;
            }

            run.IsAdmitted = false;
            if (_bug != "no limits")
            {
                _limits.Leave(function.AccountId, function.Name);
            }

            var status = _random.Next(5) switch { 0 => InvokeStatus.FunctionError, 1 when _random.Next(3) == 0 => InvokeStatus.NotRun, _ => InvokeStatus.Succeeded };
            Go(SettleAsync(_policy.AfterAttempt(leased, new AttemptReport(startedAt, _time.GetUtcNow(), new InvokeOutcome { Status = status })), run));
        });
    }

    private void CheckOrder(LeasedInvocation leased, FunctionKey function)
    {
        if (leased.Invocation.OrderKey is not { } key)
        {
            return;
        }

        Require(!_runs.Exists(run => run.Function == function && run.Key == key && !run.IsOver), () =>
            $"two of {function} {key} at once");
        if (_started.Add(leased.Lease.Entry))
        {
            var last = _firstStarted.GetValueOrDefault((function, key));
            Require(leased.Lease.Entry > last, () => $"{function} {key}: entry {leased.Lease.Entry} begins after entry {last}");
            _firstStarted[(function, key)] = leased.Lease.Entry;
        }
    }

    private void CheckLimits(FunctionKey function)
    {
        var admitted = _runs.Where(run => run.IsAdmitted && run.Function.AccountId == function.AccountId).ToList();
        Require(admitted.Count(static run => Reserved(run.Function) is null) <= _options.AccountConcurrency - 1, () => "the account's concurrency is exceeded");
        Require(admitted.Count(static run => Reserved(run.Function) is not null) <= 1, () => "the reserved concurrency is exceeded");
    }

    private async Task SettleAsync(Settlement settlement, Run run)
    {
        run.IsOver = true;
        var life = _life;
        try
        {
            await _queue.SettleAsync([settlement], default);
        }
        catch (DbException)
        {
            if (life == _life)
            {
                _time.In(100, () =>
                {
                    if (life == _life)
                    {
                        Go(SettleAsync(settlement, run));
                    }
                });
            }

            return;
        }

        if (life == _life)
        {
            _runs.Remove(run);
            _held--;
            _time.In(0, () => Go(ServeAsync()));
        }
    }

    /// <summary>Nobody awaits what a crash may leave unfinished; what fails is a violation.</summary>
    private void Go(Task step) => _ = step.ContinueWith(
        failed => Require(holds: false, failed.Exception!.ToString), default, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);

    /// <summary>Kept rather than thrown: most of this runs inside continuations that nobody awaits.</summary>
    private void Require(bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            _violation ??= $"seed {_seed}, at {_time.NowMs} ms: {otherwise()}";
        }
    }

    private sealed class Run(FunctionKey function, string? key, DateTimeOffset leasedUntil)
    {
        public FunctionKey Function => function;

        public string? Key => key;

        public DateTimeOffset LeasedUntil => leasedUntil;

        public bool IsOver { get; set; }

        public bool IsAdmitted { get; set; }
    }
}
