namespace Glue.Dispatcher.Queue;

/// <summary>The two ways to find the oldest entries of a function without looking at the others.</summary>
internal enum OldOrder
{
    /// <summary>By due time: of an entry that waits for its first try that is, but for 2 s, the time at which it came.</summary>
    ByDue,

    /// <summary>By age: those that were tried, put off, held behind their order key or brought late, whose due time does not tell how old they are.</summary>
    ByAge,
}
