using System.Data.Common;
using Glue.Dispatcher.Fairness;

namespace Glue.Dispatcher.Queue;

/// <summary>
/// Finds entries that are too old to be run, wherever they stand: behind a limit that leaves them no room, behind millions of others, behind their order
/// key. Function by function, the oldest first, by the two indexes of <see cref="OldOrder"/>; so a look costs what it finds, not what waits.
/// </summary>
/// <remarks>
/// Only where the qualifiers of one function have different ages it also meets entries that may still wait; it looks past so many of them in each pass,
/// and goes on behind them in the next.
/// </remarks>
internal sealed class OldEntries(QueueParts parts)
{
    private const int LooksAtOnce = 256;
    private const int MostPassed = 4096;

    private readonly Queue<(FunctionKey Function, OldOrder Order)> _pass = new();
    private readonly Dictionary<(FunctionKey Function, OldOrder Order), QueuePlace> _places = []; // absent: the first
    private int _passed;

    public async Task<OldInvocations> LeaseAsync(int max, IEventAges ages)
    {
        if (_pass.Count == 0)
        {
            BeginPass();
        }

        var leased = new List<LeasedInvocation>();
        for (var looks = 0; looks < LooksAtOnce && leased.Count < max && _pass.TryPeek(out var at); looks++)
        {
            var (account, name) = (at.Function.AccountId, at.Function.Name);
            var nowMs = parts.Clock.WallMs;
            var oldestMs = nowMs - (long)ages.ShortestMaxAge(account, name).TotalMilliseconds;
            var behind = _places.GetValueOrDefault(at, QueuePlace.First);
            var count = max - leased.Count;

            Found found;
            try
            {
                // A look beside the changes first: nearly always there is nothing.
                found = parts.Disk.HasOld(at.Function, at.Order, oldestMs, behind)
                    ? await parts.Disk.WriteAsync(
                        transaction => Lease(
                            transaction, at.Function, transaction.Old(at.Function, at.Order, oldestMs, behind, count),
                            row => row.AcceptedMs < nowMs - (long)ages.MaxAge(account, name, row.Qualifier).TotalMilliseconds),
                        CancellationToken.None)
                    : Found.Nothing;
            }
            catch (DbException) when (leased.Count > 0)
            {
                break; // what is leased must reach its owner; the next look hears the same if it is still so
            }

            leased.AddRange(found.Leased);
            _passed += found.Rows.Count - found.Leased.Count;
            if (found.Rows.Count < count)
            {
                _places.Remove(at);
                Next();
            }
            else
            {
                _places[at] = found.Rows[^1].Place;
                if (_passed >= MostPassed)
                {
                    Next();
                }
            }
        }

        return new OldInvocations(leased, _pass.Count == 0);
    }

    private void BeginPass()
    {
        lock (parts.Lock)
        {
            foreach (var function in parts.Front.Functions)
            {
                _pass.Enqueue((function, OldOrder.ByDue));
                _pass.Enqueue((function, OldOrder.ByAge));
            }
        }
    }

    private void Next()
    {
        _pass.Dequeue();
        _passed = 0;
    }

    /// <summary>
    /// In the order of all changes, so that nothing is taken that somebody has just settled. Bodies with it: a lease then needs nothing that may fail. But
    /// none of what somebody holds: it is as old at every look, and cannot be taken.
    /// </summary>
    private Found Lease(IQueueTransaction transaction, FunctionKey function, IReadOnlyList<OldEntry> rows, Func<OldEntry, bool> isTooOld)
    {
        var leased = new List<LeasedInvocation>();
        foreach (var row in rows.Where(row => isTooOld(row) && !IsLeased(row.Head.Entry)))
        {
            var body = transaction.Read(row.Head.Entry);
            transaction.WhenCommitted(() =>
            {
                lock (parts.Lock)
                {
                    if (parts.Front.TakeOld(function, row.Head, parts.Clock.Now) is { } lease)
                    {
                        leased.Add(new LeasedInvocation(lease, body, row.Head.FunctionErrors, row.Head.Postponements));
                    }
                }
            });
        }

        return new Found(rows, leased);
    }

    private bool IsLeased(long entry)
    {
        lock (parts.Lock)
        {
            return parts.Front.IsLeased(entry);
        }
    }

    /// <param name="Rows">What was looked at.</param>
    /// <param name="Leased">What was taken of it; complete when the change is on disk.</param>
    private sealed record Found(IReadOnlyList<OldEntry> Rows, IReadOnlyList<LeasedInvocation> Leased)
    {
        public static Found Nothing { get; } = new([], []);
    }
}
