using Glue.Contracts.Functions;

namespace Glue.Dispatcher.Placement;

/// <summary>
/// Chooses the worker of an attempt: the better of two drawn at random. A warm sandbox wins, then free memory. Two draws keep
/// every dispatcher from running to the same "best" worker between two of its reports.
/// </summary>
internal sealed class WorkerPool
{
    private readonly IWorker[] _workers;
    private readonly Random _random;

    public WorkerPool(IEnumerable<IWorker> workers, Random? random = null)
    {
        _workers = [.. workers];
        _random = random ?? Random.Shared;
    }

    public IReadOnlyList<IWorker> All => _workers;

    /// <returns>Null when there is no worker at all.</returns>
    public IWorker? Select(FunctionVersion version)
    {
        switch (_workers.Length)
        {
            case 0:
                return null;
            case 1:
                return _workers[0];
            default:
                var first = _random.Next(_workers.Length);
                var second = _random.Next(_workers.Length - 1);
                return Better(_workers[first], _workers[second < first ? second : second + 1], version.RevisionId);
        }
    }

    private static IWorker Better(IWorker one, IWorker other, string revisionId)
    {
        var (a, b) = (one.Status, other.Status);
        var warmA = a.WarmSandboxes.GetValueOrDefault(revisionId) > 0;
        var warmB = b.WarmSandboxes.GetValueOrDefault(revisionId) > 0;
        return warmA != warmB ? (warmA ? one : other) : a.FreeMemoryMiB >= b.FreeMemoryMiB ? one : other;
    }
}
