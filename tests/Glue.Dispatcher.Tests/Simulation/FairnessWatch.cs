using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Tests.Simulation;

/// <summary>
/// Bound 1 of docs/fairness.md at every start: how much others were served while somebody could have been. Of accounts with one function each, whose
/// runs all take the same time and are known by now.
/// </summary>
/// <param name="places">Of the dispatcher.</param>
/// <param name="costs">What a run of each account costs, MiB × ms.</param>
/// <param name="weight">Of an account.</param>
internal sealed class FairnessWatch(int places, IReadOnlyDictionary<string, long> costs, Func<string, double> weight)
{
    private readonly Dictionary<string, Dictionary<string, long>> _served = costs.Keys.ToDictionary(
        static account => account, _ => costs.Keys.ToDictionary(static other => other, static _ => 0L));

    private readonly Dictionary<string, int> _running = costs.Keys.ToDictionary(static account => account, static _ => 0);
    private readonly Dictionary<string, Queue<long>> _waitingSince = costs.Keys.ToDictionary(static account => account, static _ => new Queue<long>());

    public void Arrived(string account, long nowMs) => _waitingSince[account].Enqueue(nowMs);

    public void Ended(string account) => _running[account]--;

    /// <returns>What broke the bound; null: nothing.</returns>
    public string? Started(string started, long nowMs)
    {
        _waitingSince[started].Dequeue();
        _running[started]++;
        foreach (var (waiting, served) in _served)
        {
            if (waiting == started || !MayStart(waiting, nowMs))
            {
                foreach (var other in costs.Keys)
                {
                    served[other] = 0;
                }

                continue;
            }

            served[started] += costs[started];
            var rounds = Math.Ceiling(costs[waiting] / (FairScheduler.Quantum * weight(waiting))) + 2;
            var bound = (rounds * FairScheduler.Quantum * weight(started)) + costs[started];
            if (served[started] > bound)
            {
                return $"account {waiting} waited for {served[started]} MiB ms of account {started}, beyond the fairness bound of {bound}";
            }
        }

        return null;
    }

    /// <summary>Has waited since before this instant, and holds less than its part though all others were there.</summary>
    private bool MayStart(string account, long nowMs) =>
        _waitingSince[account].TryPeek(out var since) && since < nowMs
        && _running[account] < Math.Max(1, (int)(places * weight(account) / (costs.Keys.Sum(weight) + 1)));
}
