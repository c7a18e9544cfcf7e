using System.Runtime.InteropServices;

namespace Glue.Dispatcher.Queue;

/// <summary>Time-limited ownership of one entry.</summary>
/// <param name="Entry">The entry's number, rising in enqueue order.</param>
/// <param name="Token">Fencing token: rises with every lease of the entry, so that an owner whose time ran out cannot settle it.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Lease(long Entry, long Token);
