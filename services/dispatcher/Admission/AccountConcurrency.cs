namespace Glue.Dispatcher.Admission;

/// <summary>What runs of one account.</summary>
internal sealed class AccountConcurrency(TimeProvider time, int burst)
{
    private const int LeastRemembered = 64;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, FunctionConcurrency> _functions = new(StringComparer.Ordinal);
    private int _forgetAt = LeastRemembered;
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

    /// <summary>Functions that memory knows anything of.</summary>
    public int Remembered
    {
        get
        {
            lock (_lock)
            {
                return _functions.Count;
            }
        }
    }

    public AdmissionResult TryEnter(in AdmissionRequest request, int? unreserved, long timestamp, out AdmittedPlace place)
    {
        lock (_lock)
        {
            var function = Of(request.Function, timestamp);
            var result = Look(function, request, unreserved, timestamp, out var kind);
            place = new AdmittedPlace(request.AccountId, request.Function, kind, kind == PlaceKind.Provisioned ? request.Qualifier : null);
            if (result != AdmissionResult.Admitted)
            {
                _isSomebodyRefused = true;
                return result;
            }

            function.Enter(place);
            _unreservedRunning += kind == PlaceKind.Account ? 1 : 0;
            return result;
        }
    }

    /// <summary>Would <see cref="TryEnter"/> admit it?</summary>
    public AdmissionResult Look(in AdmissionRequest request, int? unreserved, long timestamp)
    {
        lock (_lock)
        {
            var result = Look(Of(request.Function, timestamp), request, unreserved, timestamp, out _);
            _isSomebodyRefused |= result != AdmissionResult.Admitted;
            return result;
        }
    }

    /// <returns>True: somebody had been refused since the last time this was true.</returns>
    public bool Leave(in AdmittedPlace place, long timestamp)
    {
        lock (_lock)
        {
            _functions[place.Function].Leave(place, timestamp);
            _unreservedRunning -= place.Kind == PlaceKind.Account ? 1 : 0;
            var refused = _isSomebodyRefused;
            _isSomebodyRefused = false;
            return refused;
        }
    }

    /// <summary>What is provisioned first, which is there already and so knows no scaling rate; then what the function or the account has beside it.</summary>
    private AdmissionResult Look(FunctionConcurrency function, in AdmissionRequest request, int? unreserved, long timestamp, out PlaceKind kind)
    {
        kind = function.ProvisionedRunning(request.Qualifier) < request.Provisioned ? PlaceKind.Provisioned : request.Reserved is null ? PlaceKind.Account : PlaceKind.Reserved;
        return kind switch
        {
            _ when unreserved is null => AdmissionResult.AccountConcurrency,
            PlaceKind.Provisioned => AdmissionResult.Admitted,
            PlaceKind.Reserved when function.OnDemandRunning >= request.Reserved - request.ProvisionedOfAll => AdmissionResult.ReservedConcurrency,
            PlaceKind.Account when _unreservedRunning >= unreserved => AdmissionResult.AccountConcurrency,
            _ => function.MayGrow(timestamp, time) ? AdmissionResult.Admitted : AdmissionResult.ScalingRate,
        };
    }

    private FunctionConcurrency Of(string name, long timestamp)
    {
        if (!_functions.TryGetValue(name, out var function))
        {
            if (_functions.Count >= _forgetAt)
            {
                Forget(timestamp);
            }

            _functions.Add(name, function = new FunctionConcurrency(burst, timestamp));
        }

        return function;
    }

    /// <summary>Functions that a new one would be like, deleted or not; whenever there are twice as many as the last time were left.</summary>
    private void Forget(long timestamp)
    {
        foreach (var name in _functions.Where(each => each.Value.IsAsNew(timestamp, time)).Select(static each => each.Key).ToList())
        {
            _functions.Remove(name);
        }

        _forgetAt = Math.Max(LeastRemembered, 2 * _functions.Count);
    }
}
