namespace Glue.Dispatcher.Fairness;

/// <summary>
/// Whose invocation is started next: hierarchical deficit round robin, accounts by weight, then the logical queues of one (<see cref="FunctionKey"/>)
/// equally. Cost is the time a place is expected to be held × the sandbox's memory. It knows no clock, no disk and no thread: the same calls give the same
/// choices, in production as in the simulation. docs/fairness.md derives what it guarantees.
/// </summary>
/// <remarks>
/// Two rules. Order: the ring chooses among those who may start. Places: a run cannot be interrupted, so whoever holds more
/// than its part of the places leaves the last few (<see cref="ReservedPlaces"/>) to those who hold less; long runs thus never hold all.
/// </remarks>
internal sealed class FairScheduler(IServicePolicy policy, int places)
{
    /// <summary>A turn's credit of an account of weight 1, MiB × ms: 10 ms of the smallest function.</summary>
    public const long Quantum = 128 * 10;

    /// <summary>What a function is expected to take while nothing has run yet; later a new one is expected to take what its account's take, or all.</summary>
    public const double GuessedMs = 1000;

    private const int LeastRemembered = 1024;

    private readonly Dictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly Dictionary<FunctionKey, Function> _functions = [];
    private readonly DeficitRing<Account> _ring = new();
    private readonly RunningAverage _all = new();
    private int _forgetAt = LeastRemembered;
    private double _activeWeight;
    private int _running;

    /// <summary>Places that nobody takes beyond its part: an eighth of all, at least one.</summary>
    public int ReservedPlaces { get; } = Math.Max(1, places / 8);

    /// <summary>Started and not finished.</summary>
    public int Running => _running;

    /// <summary>Functions whose run times are remembered: those deployed, those that have something, and at most as many again.</summary>
    public int Remembered => _functions.Count;

    /// <summary>Has it something to be started?</summary>
    public void SetReady(FunctionKey key, bool ready)
    {
        var function = Of(key);
        if (function.IsInRing == ready)
        {
            return;
        }

        var account = function.Account;
        var wasActive = account.IsActive;
        if (ready)
        {
            account.Ring.Add(function);
            if (account.Ring.Count == 1)
            {
                _ring.Add(account);
            }
        }
        else
        {
            account.Ring.Remove(function);
            if (account.Ring.Count == 0)
            {
                _ring.Remove(account);
            }
        }

        CountActive(account, wasActive);
    }

    /// <returns>The function whose next entry is to be started; null: none may be.</returns>
    public FunctionKey? Next()
    {
        // The limits may change between two looks (synchronous calls enter beside the queue): then it is another account's turn.
        while (_ring.Next() is { } account)
        {
            if (account.Ring.Next() is { } function)
            {
                return function.Key;
            }
        }

        return null;
    }

    /// <summary>One of it was started: it holds a place until <see cref="Finished"/>.</summary>
    /// <returns>What it was charged.</returns>
    public long Started(FunctionKey key)
    {
        var function = Of(key);
        var account = function.Account;
        var cost = function.ExpectedCost;
        Charge(function, cost);
        var wasActive = account.IsActive;
        function.Running++;
        account.Running++;
        _running++;
        CountActive(account, wasActive);
        Reweigh(account);
        return cost;
    }

    /// <summary>Gives its place back, and sets right what it was charged.</summary>
    /// <param name="key">The function.</param>
    /// <param name="charged">What <see cref="Started"/> answered.</param>
    /// <param name="held">How long it held its place; null: nothing of the function ran, so it costs nothing and teaches nothing.</param>
    public void Finished(FunctionKey key, long charged, TimeSpan? held)
    {
        var function = Of(key);
        var account = function.Account;
        var wasActive = account.IsActive;
        function.Running--;
        account.Running--;
        _running--;
        CountActive(account, wasActive);
        if (held is { } time)
        {
            var milliseconds = Math.Max(1, time.TotalMilliseconds);
            function.Runs.Add(milliseconds);
            account.Runs.Add(milliseconds);
            _all.Add(milliseconds);
            Charge(function, (long)(milliseconds * policy.MemoryMiB(key)) - charged);
        }
        else
        {
            Refund(function, charged, Quantum);
            Refund(function.Account, charged, function.Account.Quantum);
        }
    }

    /// <summary>
    /// Up to what nobody can have who was served in his turn: who is refused again and again takes turns meanwhile, and their credit must not gather.
    /// </summary>
    private static void Refund(RingMember member, long charged, long quantum)
    {
        if (member.IsInRing)
        {
            member.Credit = Math.Min(member.Credit + charged, Math.Max(member.Credit, charged + quantum));
        }
    }

    private static void Charge(Function function, long cost)
    {
        function.Credit -= function.IsInRing ? cost : 0;
        function.Account.Credit -= function.Account.IsInRing ? cost : 0;
    }

    private Function Of(FunctionKey key)
    {
        if (_functions.TryGetValue(key, out var function))
        {
            return function;
        }

        if (_functions.Count >= _forgetAt)
        {
            ForgetDeleted();
        }

        if (!_accounts.TryGetValue(key.AccountId, out var account))
        {
            _accounts.Add(key.AccountId, account = new Account(this, key.AccountId));
        }

        account.Functions++;
        _functions.Add(key, function = new Function(this, account, key));
        return function;
    }

    /// <summary>Whenever there are twice as many as the last time were left, so that it costs little for each that comes.</summary>
    private void ForgetDeleted()
    {
        foreach (var function in _functions.Values.Where(function => function is { IsInRing: false, Running: 0 } && !policy.IsDeployed(function.Key)).ToList())
        {
            _functions.Remove(function.Key);
            if (--function.Account.Functions == 0)
            {
                _accounts.Remove(function.Account.Id);
            }
        }

        _forgetAt = Math.Max(LeastRemembered, 2 * _functions.Count);
    }

    private void CountActive(Account account, bool wasActive)
    {
        if (account.IsActive == wasActive)
        {
            return;
        }

        // The weight of its active time, so that a changed one is taken back as it was added.
        account.ActiveWeight = wasActive ? account.ActiveWeight : policy.Weight(account.Id);
        _activeWeight += wasActive ? -account.ActiveWeight : account.ActiveWeight;
    }

    /// <summary>A weight that somebody changed holds from the account's next start.</summary>
    private void Reweigh(Account account)
    {
        var weight = policy.Weight(account.Id);
        _activeWeight += weight - account.ActiveWeight;
        account.ActiveWeight = weight;
    }

    /// <summary>Its part of the places, were one more account of weight 1 to come.</summary>
    private int PartOf(Account account) => Math.Max(1, (int)(places * account.ActiveWeight / (_activeWeight + 1)));

    private bool MayStart(Function function)
    {
        var account = function.Account;
        var part = PartOf(account);

        // Nobody is kept out by a reserve for whom nobody else was ever seen.
        var leaves = account.Running >= part && _accounts.Count > 1 ? ReservedPlaces : 0;
        if (account.Functions > 1 && function.Running >= Math.Max(1, part / (account.Ring.Count + 1)))
        {
            leaves += ReservedPlaces;
        }

        return places - _running > leaves && policy.HasRoom(function.Key);
    }

    private sealed class Account(FairScheduler scheduler, string id) : RingMember
    {
        public string Id => id;

        public DeficitRing<Function> Ring { get; } = new();

        public int Functions { get; set; }

        public int Running { get; set; }

        /// <summary>How long its runs take, ms.</summary>
        public RunningAverage Runs { get; } = new();

        public double ActiveWeight { get; set; }

        public bool IsActive => Running > 0 || Ring.Count > 0;

        public override long Quantum => Math.Max(1, (long)(FairScheduler.Quantum * ActiveWeight));

        public override long NextCost() => scheduler._running >= scheduler.Places ? -1 : Ring.Next()?.ExpectedCost ?? -1;
    }

    private int Places => places;

    private sealed class Function(FairScheduler scheduler, Account account, FunctionKey key) : RingMember
    {
        public FunctionKey Key => key;

        public Account Account => account;

        public int Running { get; set; }

        /// <summary>How long its runs take, ms.</summary>
        public RunningAverage Runs { get; } = new();

        public override long Quantum => FairScheduler.Quantum;

        public long ExpectedCost => Math.Max(1, (long)((Runs.Value ?? account.Runs.Value ?? scheduler._all.Value ?? GuessedMs) * scheduler.MemoryMiB(key)));

        public override long NextCost() => scheduler.MayStart(this) ? ExpectedCost : -1;
    }

    private int MemoryMiB(FunctionKey key) => policy.MemoryMiB(key);
}
