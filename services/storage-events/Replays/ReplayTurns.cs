namespace Glue.StorageEvents.Replays;

/// <summary>Whose replay is served next: the account's that was served the longest ago, and of an account's own the one that was.</summary>
/// <remarks>One of each account at a time, so that one account's many, or slow, ones hold up no other account's.</remarks>
internal sealed class ReplayTurns
{
    private readonly Dictionary<string, long> _accounts = new(StringComparer.Ordinal); // when their last turns began, in turns
    private readonly Dictionary<string, long> _replays = new(StringComparer.Ordinal);
    private readonly HashSet<string> _served = new(StringComparer.Ordinal);
    private long _turns;

    /// <param name="running">All that are to run, the oldest first.</param>
    /// <returns>Null: nobody waits whose account is not served.</returns>
    public Replay? Begin(IReadOnlyList<Replay> running)
    {
        var next = running.Where(replay => !_served.Contains(replay.AccountId))
            .OrderBy(replay => _accounts.GetValueOrDefault(replay.AccountId)).ThenBy(replay => _replays.GetValueOrDefault(replay.Id)).FirstOrDefault();
        if (next is not null)
        {
            _served.Add(next.AccountId);
            _accounts[next.AccountId] = _replays[next.Id] = ++_turns;
        }

        return next;
    }

    /// <param name="replay">Whose turn is over.</param>
    /// <param name="running">All that are to run: of everybody else nothing is remembered.</param>
    public void End(Replay replay, IReadOnlyList<Replay> running)
    {
        _served.Remove(replay.AccountId);
        var (accounts, ids) = (running.Select(static each => each.AccountId).ToHashSet(StringComparer.Ordinal), running.Select(static each => each.Id).ToHashSet(StringComparer.Ordinal));
        Forget(_accounts, accounts);
        Forget(_replays, ids);
    }

    private static void Forget(Dictionary<string, long> turns, HashSet<string> present)
    {
        foreach (var gone in turns.Keys.Where(key => !present.Contains(key)).ToList())
        {
            turns.Remove(gone);
        }
    }
}
