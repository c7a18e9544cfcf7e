namespace Glue.Dispatcher.Queue;

/// <summary>
/// How many heads memory holds: so many for each function, and so many of all together; beyond that only a few for each, so that however many
/// functions have entries, all take part in fair service.
/// </summary>
/// <param name="perFunction">Of one function.</param>
/// <param name="together">Of all, as long as it covers <see cref="Few"/> for each.</param>
internal sealed class HeadBudget(int perFunction, int together)
{
    /// <summary>What every function may have.</summary>
    public const int Few = 8;

    /// <summary>Heads in memory: at most <c>together</c>, and <see cref="Few"/> for each function.</summary>
    public int Count { get; set; }

    /// <summary>What one function may have now.</summary>
    public int Limit => Count < together ? perFunction : Math.Min(Few, perFunction);
}
