namespace Glue.Dispatcher.Queue;

/// <summary>What one look for events that are too old has found.</summary>
/// <param name="Leased">To be given up, not to be run: they hold no place, and their leases last until they are settled.</param>
/// <param name="IsPassOver">Every function has been looked at: it is time for a pause.</param>
public sealed record OldInvocations(IReadOnlyList<LeasedInvocation> Leased, bool IsPassOver);
