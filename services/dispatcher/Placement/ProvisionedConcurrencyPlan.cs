using Glue.Contracts.Functions;
using Glue.Dispatcher.Functions;

namespace Glue.Dispatcher.Placement;

/// <summary>
/// What is provisioned, shared out among the workers: told to all of them at start and with every change, as a whole, so that whatever a worker
/// missed is mended by the next telling.
/// </summary>
internal sealed class ProvisionedConcurrencyPlan
{
    private readonly WorkerPool _workers;
    private readonly Lock _telling = new();
    private readonly Dictionary<string, DeployedFunction> _provisioned = new(StringComparer.Ordinal); // by ARN

    public ProvisionedConcurrencyPlan(FunctionStore functions, WorkerPool workers)
    {
        _workers = workers;
        functions.WhenChanged(Follow);
        foreach (var function in functions.All.Where(IsProvisioned))
        {
            _provisioned[function.Arn] = function;
        }
    }

    /// <summary>Tells every worker its share. Returns at once; the workers take their time.</summary>
    public void Tell()
    {
        lock (_telling) // of two tellings the later one must be the last
        {
            var wanted = Wanted();
            var workers = _workers.All;
            for (var i = 0; i < workers.Count; i++)
            {
                workers[i].Provision([.. wanted.Select(each => each with { Sandboxes = Share(each.Sandboxes, i, workers.Count) }).Where(static each => each.Sandboxes > 0)]);
            }
        }
    }

    /// <summary>What all workers together have for a qualifier.</summary>
    public ProvisionedState StateOf(QualifiedFunction function)
    {
        var (allocated, available) = (0, 0);
        string? reason = null;
        foreach (var (version, _) in function.Versions)
        {
            foreach (var worker in _workers.All)
            {
                var state = worker.ProvisionedOf(version);
                allocated += state.Allocated;
                available += state.Available;
                reason ??= state.Reason;
            }
        }

        return new ProvisionedState(allocated, available, reason);
    }

    private static bool IsProvisioned(DeployedFunction? function) => function?.State.ProvisionedConcurrency > 0;

    private void Follow(DeployedFunction? before, DeployedFunction? after)
    {
        if (!IsProvisioned(before) && !IsProvisioned(after))
        {
            return; // as nearly always
        }

        lock (_telling)
        {
            if (IsProvisioned(after))
            {
                _provisioned[after!.Arn] = after;
            }
            else
            {
                _provisioned.Remove(before!.Arn);
            }

            Tell();
        }
    }

    private static int Share(int sandboxes, int worker, int workers) => (sandboxes / workers) + (worker < sandboxes % workers ? 1 : 0);

    private List<ProvisionedVersion> Wanted()
    {
        var wanted = new Dictionary<string, ProvisionedVersion>(StringComparer.Ordinal);
        foreach (var function in _provisioned.Values)
        {
            foreach (var (qualifier, settings) in function.State.Qualified)
            {
                if (settings.Provisioned is { } provisioned && function.Resolve(qualifier) is { } named)
                {
                    Add(wanted, named, provisioned.Requested);
                }
            }
        }

        return [.. wanted.Values];
    }

    /// <summary>An alias with two versions gives each its share of the invocations.</summary>
    private static void Add(Dictionary<string, ProvisionedVersion> wanted, QualifiedFunction function, int sandboxes)
    {
        var left = sandboxes;
        foreach (var (version, share) in function.Versions.Reverse())
        {
            var count = ReferenceEquals(version, function.Main) ? left : (int)Math.Round(sandboxes * share);
            left -= count;
            if (count > 0)
            {
                wanted[version.Arn] = new ProvisionedVersion(version, count + (wanted.GetValueOrDefault(version.Arn)?.Sandboxes ?? 0));
            }
        }
    }
}
