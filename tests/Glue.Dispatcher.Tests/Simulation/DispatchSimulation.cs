using System.Data.Common;
using System.Diagnostics.Metrics;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Dispatch;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// One simulated installation under one seed: the production dispatch loop, queue, scheduler, admission and retry policy over a simulated disk, clock
/// and worker. Two kinds: a troubled one has crashes, slow and full disks, limits, failing functions, leases that are lost and a clock that jumps, and every
/// other one of them an account that is stopped, whose events can only grow old; a
/// steady one has crashes and such disks alone, and runs that always take the same time, so that the fairness bound can be held against every start.
/// It throws <see cref="ViolationException"/> at the first thing that must not be.
/// </summary>
internal sealed class DispatchSimulation : IServicePolicy
{
    private const int Invocations = 120;
    private const long TroubledMs = 90_000;
    private const long StarvedMs = 600_000;
    private const string Stopped = "3";

    // What docs/accounts.md says, and as much again for a look that comes every 10 s.
    private const long LateMs = 20_000;

    // The slowest commit.
    private const long StuckMs = 10_000;

    // The fairness bound is of costs that are known: each account runs once alone before all else.
    private const long WarmUpMs = 15_000;

    private static readonly IMeterFactory Meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
    private static readonly QueueMetrics QueueMetrics = new(Meters);
    private static readonly DispatchMetrics Metrics = new(Meters);

    private readonly int _seed;
    private readonly string? _bug;
    private readonly Random _random;
    private readonly bool _isSteady;
    private readonly bool _hasStopped;
    private readonly SimulatedTime _time = new();
    private readonly SimulatedDisk _disk;
    private readonly SimulatedFunctions _functions;
    private readonly DispatcherOptions _options;
    private readonly Dictionary<string, Invocation> _planned = new(StringComparer.Ordinal);
    private readonly HashSet<string> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<(FunctionKey, string), long> _firstStarted = [];
    private readonly HashSet<string> _started = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _overAgeSince = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _steadyMs;
    private readonly List<Run> _runs = [];
    private FairnessWatch? _fairness;
    private SimulatedLife _life;
    private EmbeddedInvocationQueue _queue = null!;
    private ConcurrencyLimits _limits = null!;
    private long _pausedUntilMs = -1;
    private string? _violation;

    public DispatchSimulation(int seed, string? bug = null)
    {
        (_seed, _bug, _random, _isSteady, _hasStopped) = (seed, bug, new Random(seed), seed % 2 == 1, seed % 4 == 2);
        _disk = new SimulatedDisk(_time, _random) { Trouble = 0.03, Bug = bug };
        _functions = new SimulatedFunctions(hasReserved: !_isSteady);
        _options = new DispatcherOptions
        {
            CodeFolder = "unused", SecretKeyFile = "unused", AccountConcurrency = _isSteady ? 1000 : 2 + SimulatedFunctions.ReservedOfC, MaxAsyncInvocations = _random.Next(2, 12),
            MaxEventAge = _hasStopped ? TimeSpan.FromSeconds(100) : TimeSpan.FromHours(6),
        };
        _steadyMs = Accounts.ToDictionary(static account => account, _ => (long)_random.Next(1, 2000));
        _fairness = _isSteady ? new FairnessWatch(_options.MaxAsyncInvocations, _steadyMs.ToDictionary(
            static pair => pair.Key, static pair => pair.Value * SimulatedFunctions.Memory("a")), TrueWeight) : null;
        _life = SimulatedLife.Begin(_time);
    }

    private static string[] Accounts => ["1", "2", "3"];

    public static void Check(int seed, string? bug = null)
    {
        // No context but that of a life: every continuation runs where it is caused, so the order is the seed's alone.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var simulation = new DispatchSimulation(seed, bug);
        try
        {
            simulation.Live();
        }
        finally
        {
            simulation._life.Die();
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    public bool IsDeployed(FunctionKey function) => true;

    public double Weight(string accountId) => TrueWeight(accountId) * (_bug == "favours one" && accountId == "2" ? 8 : 1);

    public int MemoryMiB(FunctionKey function) => SimulatedFunctions.Memory(function.Name);

    public bool HasRoom(FunctionKey function) => !(_hasStopped && function.AccountId == Stopped) && _limits.HasRoom(Request(function));

    public bool TryEnter(FunctionKey function, out AdmittedPlace? place)
    {
        var isAdmitted = _limits.TryEnter(Request(function), out var taken) == AdmissionResult.Admitted;
        place = isAdmitted ? taken : null;
        return isAdmitted;
    }

    public void Leave(in AdmittedPlace place) => _limits.Leave(place);

    private AdmissionRequest Request(FunctionKey function) => AdmissionRequest.Of(_functions.Resolve(function.AccountId, function.Name, function.Qualifier));

    public void WhenRoomIsMade(Action tell) => _limits.WhenRoomIsMade(tell);

    private static double TrueWeight(string accountId) => accountId[0] - '0';

    private void Live()
    {
        Begin();
        PlanEvents();
        PlanTrouble();
        LookForTheStarved();
        LookForTheOld();
        _time.In(TroubledMs, () => _disk.Trouble = 0);
        while (_accepted.Count < Invocations || _accepted.Any(id => !_disk.Settled.ContainsKey(id)))
        {
            Require(Step() && _time.NowMs < 24 * 3_600_000L, () => "it does not come to an end");
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
        var lost = _accepted.FirstOrDefault(id => !_disk.Has(id));
        Require(lost is null, () => $"{lost} was accepted and is lost");
        _runs.Clear();
        var life = _life = SimulatedLife.Begin(_time);
        var limits = _bug == "admits one too many" ? _options with { AccountConcurrency = _options.AccountConcurrency + 1 } : _options;
        var burst = !_isSteady && _seed % 3 == 0 ? 2 : FunctionConcurrency.Burst; // room that only time gives back
        _limits = new ConcurrencyLimits(new AccountLimits(limits), account => _isSteady ? 0 : SimulatedFunctions.ReservedOfC, life.Clock, burst);
        _queue = new EmbeddedInvocationQueue(_disk, this, _options.MaxAsyncInvocations, life.Clock, new LedgerChanges(), QueueMetrics);
        var worker = new SimulatedWorker(_time, life, Start);
        var ages = new EventAges(_options, new AccountLimits(_options), _functions);
        var runner = new AttemptRunner(
            _functions, this, new WorkerPool([worker]), new RetryPolicy(_options, ages), new OutcomeDestinations(_options, life.Clock),
            new OutcomeDeliveries([], life.Clock, NullLogger<OutcomeDeliveries>.Instance), new RunningKeys(), _functions, life.Clock, Metrics,
            NullLogger<AttemptRunner>.Instance);
        var loop = new DispatchLoop(_queue, runner, _options, life.Clock, NullLogger<DispatchLoop>.Instance);
        life.Run(() => Go(loop.LoopAsync(CancellationToken.None)));
        if (_bug != "lets nothing grow old")
        {
            var ageing = new AgeingLoop(_queue, runner, ages, _options, life.Clock, NullLogger<AgeingLoop>.Instance);
            life.Run(() => Go(ageing.LoopAsync(CancellationToken.None)));
        }
    }

    private void PlanEvents()
    {
        var next = 0;
        if (_isSteady)
        {
            foreach (var account in Accounts)
            {
                var at = next * (WarmUpMs / Accounts.Length);
                Offer([New(next, account, "a", null, at)], at);
                next++;
            }
        }

        while (next < Invocations)
        {
            var batch = new List<Invocation>();
            var at = (_isSteady ? WarmUpMs : 0) + _random.Next(_isSteady ? 20_000 : 60_000);
            for (var more = _random.Next(1, 6); more > 0 && next < Invocations; more--, next++)
            {
                batch.Add(_isSteady
                    ? New(next, Accounts[_random.Next(3)], "a", null, at)
                    : New(next, Accounts[_random.Next(3)], $"{(char)('a' + _random.Next(3))}", _random.Next(3) == 0 ? null : $"k{_random.Next(3)}", at));
            }

            Offer(batch, at);
            if (_random.Next(5) == 0)
            {
                Offer(batch, at + _random.Next((int)TroubledMs)); // a log repeats at times
            }
        }
    }

    private Invocation New(int number, string account, string function, string? key, long atMs)
    {
        var invocation = new Invocation
        {
            Id = $"i{number}", AccountId = account, FunctionName = function, Qualifier = function == "c" && _random.Next(2) == 0 ? SimulatedFunctions.Live : null, OrderKey = key, Payload = default, AcceptedAt = _time.UtcNow.AddMilliseconds(atMs),
        };
        _planned.Add(invocation.Id, invocation);
        return invocation;
    }

    /// <summary>As the intake does: again until it is accepted, across crashes.</summary>
    private void Offer(List<Invocation> batch, long inMs) => _time.In(inMs, () =>
    {
        _life.Run(() => Go(EnqueueAsync(batch)));
        _time.In(20_000, () =>
        {
            if (batch.Exists(invocation => !_accepted.Contains(invocation.Id)))
            {
                Offer(batch, 0);
            }
        });
    });

    private void PlanTrouble()
    {
        var from = _isSteady ? (int)WarmUpMs : 0;
        for (var crashes = _random.Next(4); crashes > 0; crashes--)
        {
            _time.In(_random.Next(from, (int)TroubledMs), () =>
            {
                _life.Die();
                _disk.Crash();
                _fairness = null; // a new life has to learn what runs cost
                Begin();
            });
        }

        for (var jumps = _isSteady ? 0 : _random.Next(3); jumps > 0; jumps--)
        {
            // No lease is lost by it: they go by another clock.
            _time.In(_random.Next((int)TroubledMs), () => _time.WallOffsetMs += _random.Next(-120_000, 120_000));
        }

        if (!_isSteady && _random.Next(3) == 0)
        {
            _time.In(_random.Next((int)TroubledMs), () =>
            {
                var pause = _random.Next(30_000, 100_000); // nobody renews meanwhile
                _life.Pause(pause);
                _pausedUntilMs = _time.NowMs + pause;
                LoseLeases();
            });
        }
    }

    /// <summary>What runs now may run again beside itself.</summary>
    private void LoseLeases() => _runs.ForEach(static run => run.MayBeRepeated = true);

    private async Task EnqueueAsync(List<Invocation> batch)
    {
        try
        {
            await _queue.EnqueueAsync(batch, default);
        }
        catch (DbException)
        {
            return;
        }

        foreach (var invocation in batch)
        {
            if (_accepted.Add(invocation.Id))
            {
                _fairness?.Arrived(invocation.AccountId, _time.NowMs);
            }
        }
    }

    private (long Milliseconds, InvokeStatus Status, Action End) Start(string id)
    {
        var invocation = _planned[id];
        var function = FunctionKey.Of(invocation);
        Require(!_disk.Settled.ContainsKey(id), () => $"{id} runs after it was settled");
        Require(!_runs.Exists(run => run.Id == id && !run.MayBeRepeated), () => $"{id} runs twice at once");
        CheckOrder(invocation, function);

        // What was leased before a pause and starts behind it may have lost its lease already.
        var started = new Run(id, function, invocation.OrderKey) { MayBeRepeated = _time.NowMs == _pausedUntilMs };
        _runs.Add(started);
        Require(_runs.Count <= _options.MaxAsyncInvocations, () => $"{_runs.Count} run in {_options.MaxAsyncInvocations} places");
        CheckLimits(function);
        if (_isSteady)
        {
            var unfair = _accepted.Contains(id) ? _fairness?.Started(invocation.AccountId, _time.NowMs) : null;
            Require(unfair is null, () => unfair!);
            return (_steadyMs[invocation.AccountId], InvokeStatus.Succeeded, () => End(started));
        }

        var status = _random.Next(5) switch { 0 => InvokeStatus.FunctionError, 1 when _random.Next(3) == 0 => InvokeStatus.NotRun, _ => InvokeStatus.Succeeded };
        return (_random.Next(40) == 0 ? 70_000 : _random.Next(1, 3000), status, () => End(started));
    }

    private void End(Run run)
    {
        _runs.Remove(run);
        _fairness?.Ended(run.Function.AccountId);
    }

    private void CheckOrder(Invocation invocation, FunctionKey function)
    {
        if (invocation.OrderKey is not { } key)
        {
            return;
        }

        Require(!_runs.Exists(run => run.Function == function && run.Key == key && !run.MayBeRepeated), () => $"two of {function} {key} at once");
        if (_started.Add(invocation.Id))
        {
            var (entry, last) = (_disk.EntryOf(invocation.Id), _firstStarted.GetValueOrDefault((function, key)));
            Require(entry > last, () => $"{function} {key}: entry {entry} begins after entry {last}");
            _firstStarted[(function, key)] = entry;
        }
    }

    private void CheckLimits(FunctionKey function)
    {
        var runs = _runs.Where(run => run.Function.AccountId == function.AccountId).ToList();
        var reserved = runs.Where(run => _functions.Reserved(run.Function.Name) is not null).ToList();
        Require(runs.Count - reserved.Count <= _options.AccountConcurrency - (_isSteady ? 0 : SimulatedFunctions.ReservedOfC), () => "the account's concurrency is exceeded");
        Require(reserved.Count <= SimulatedFunctions.ReservedOfC, () => "the reserved concurrency is exceeded");
        Require(reserved.Count(static run => run.Function.Qualifier is null) <= 1, () => "what is provisioned for another qualifier was used");
    }

    /// <summary>All trouble is over: what is due must begin, since whoever runs ends soon.</summary>
    private void LookForTheStarved()
    {
        if (_time.NowMs > TroubledMs + StarvedMs)
        {
            var starved = _disk.DueSince(_time.UtcNow.ToUnixTimeMilliseconds() - StarvedMs).FirstOrDefault(id => !_runs.Exists(run => run.Id == id));
            Require(starved is null, () => $"{starved} starves: it is due since {StarvedMs / 1000} s");
        }

        _time.In(10_000, LookForTheStarved);
    }

    /// <summary>All trouble is over: what has waited too long ends, though its account has no room.</summary>
    private void LookForTheOld()
    {
        var late = _disk.WaitingSince(_time.UtcNow - _options.MaxEventAge).Where(id => !_runs.Exists(run => run.Id == id)).ToHashSet(StringComparer.Ordinal);
        _overAgeSince.Keys.Except(late).ToList().ForEach(id => _overAgeSince.Remove(id));
        foreach (var id in late)
        {
            var since = Math.Max(_overAgeSince.GetValueOrDefault(id, _time.NowMs), Math.Max(TroubledMs + StuckMs, _pausedUntilMs));
            _overAgeSince[id] = since;
            Require(_time.NowMs - since <= LateMs, () => $"{id} is older than it may become since {_time.NowMs - since} ms");
        }

        _time.In(10_000, LookForTheOld);
    }

    /// <summary>Nobody awaits what a crash may leave unfinished; what fails is a violation.</summary>
    private async void Go(Task step)
    {
        try
        {
            await step;
        }
        catch (Exception e)
        {
            Require(holds: false, e.ToString);
        }
    }

    /// <summary>Kept rather than thrown: most of this runs inside continuations that nobody awaits.</summary>
    private void Require(bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            _violation ??= $"seed {_seed}, at {_time.NowMs} ms: {otherwise()}";
        }
    }

    private sealed class Run(string id, FunctionKey function, string? key)
    {
        public string Id => id;

        public FunctionKey Function => function;

        public string? Key => key;

        public bool MayBeRepeated { get; set; }
    }
}
