using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Queue;

/// <summary>One instant by both clocks of a queue.</summary>
/// <param name="WallMs">Milliseconds since 1970: what due times and ages go by. It outlives the process, and somebody may set it.</param>
/// <param name="TickMs">Milliseconds since the queue was opened, by a clock that nobody sets: what leases and run times go by.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueTime(long WallMs, long TickMs);
