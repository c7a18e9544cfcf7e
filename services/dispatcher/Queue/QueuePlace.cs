using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Queue;

/// <summary>A place in the order of a logical queue: due time first, then enqueue order.</summary>
/// <param name="DueMs">Milliseconds since 1970.</param>
/// <param name="Entry">The entry's number.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueuePlace(long DueMs, long Entry)
{
    /// <summary>Before all.</summary>
    public static QueuePlace First { get; } = new(long.MinValue, 0);

    /// <summary>Behind all.</summary>
    public static QueuePlace Last { get; } = new(long.MaxValue, long.MaxValue);

    public bool IsBehind(QueuePlace other) => DueMs != other.DueMs ? DueMs > other.DueMs : Entry > other.Entry;
}
