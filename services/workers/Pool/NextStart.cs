namespace Glue.Workers.Pool;

/// <summary>Which version a sandbox is started for next. Called under the pool's lock.</summary>
internal static class NextStart
{
    /// <summary>
    /// The version whose waiter waits longest and that nothing else will serve: no start under way, no sandbox that has answered and is about
    /// to poll again.
    /// </summary>
    /// <param name="pools">All versions.</param>
    /// <param name="isGraceOver">Do not count on sandboxes about to poll again any longer.</param>
    /// <param name="mustLookAgain">Set when a waiter was left to such a sandbox.</param>
    public static VersionPool? ForWaiter(IEnumerable<VersionPool> pools, bool isGraceOver, ref bool mustLookAgain)
    {
        VersionPool? next = null;
        foreach (var pool in pools)
        {
            var missing = pool.WaiterCount - pool.Starting;
            if (missing <= 0)
            {
                continue;
            }

            var returning = isGraceOver ? 0 : pool.Sandboxes.Count(static each => each.IsReturning);
            if (missing <= returning)
            {
                mustLookAgain = true;
            }
            else if (next is null || pool.OldestSince < next.OldestSince)
            {
                next = pool;
            }
        }

        return next;
    }

    /// <summary>A version that lacks provisioned sandboxes.</summary>
    public static VersionPool? Provisioned(IEnumerable<VersionPool> pools) => pools.FirstOrDefault(static pool => pool.Provisioned.IsMissingOne);
}
