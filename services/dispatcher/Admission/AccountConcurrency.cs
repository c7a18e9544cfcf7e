namespace Glue.Dispatcher.Admission;

/// <summary>What runs of one account.</summary>
internal sealed class AccountConcurrency(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, FunctionConcurrency> _functions = new(StringComparer.Ordinal);
    private int _unreservedRunning;
    private bool _isSomebodyRefused;

    public int Running
    {
        get
        {
            lock (_lock)
            {
                return _functions.Values.Sum(static function => function.Running);
            }
        }
    }

    public AdmissionResult TryEnter(string name, int? reserved, int unreserved, long timestamp)
    {
        lock (_lock)
        {
            var function = Of(name);
            var result = Look(function, reserved, unreserved, timestamp);
            if (result != AdmissionResult.Admitted)
            {
                _isSomebodyRefused = true;
                return result;
            }

            function.Enter(usesReserved: reserved is not null);
            _unreservedRunning += reserved is null ? 1 : 0;
            return result;
        }
    }

    public bool HasRoom(string name, int? reserved, int unreserved, long timestamp)
    {
        lock (_lock)
        {
            var has = Look(Of(name), reserved, unreserved, timestamp) == AdmissionResult.Admitted;
            _isSomebodyRefused |= !has;
            return has;
        }
    }

    /// <returns>True: somebody had been refused since the last time this was true.</returns>
    public bool Leave(string name)
    {
        lock (_lock)
        {
            _unreservedRunning -= Of(name).Leave() ? 0 : 1;
            var refused = _isSomebodyRefused;
            _isSomebodyRefused = false;
            return refused;
        }
    }

    private AdmissionResult Look(FunctionConcurrency function, int? reserved, int unreserved, long timestamp) =>
        reserved is { } own && function.Running >= own ? AdmissionResult.ReservedConcurrency
        : reserved is null && _unreservedRunning >= unreserved ? AdmissionResult.AccountConcurrency
        : function.MayGrow(timestamp, time) ? AdmissionResult.Admitted
        : AdmissionResult.ScalingRate;

    private FunctionConcurrency Of(string name)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            _functions.Add(name, function = new FunctionConcurrency());
        }

        return function;
    }
}
