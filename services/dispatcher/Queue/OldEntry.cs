namespace Glue.Dispatcher.Queue;

/// <summary>An entry of the disk that may be too old.</summary>
/// <param name="Head">The entry, ready or held.</param>
/// <param name="Place">Where it stands in the order it was found by.</param>
/// <param name="Qualifier">Which says how old it may become.</param>
/// <param name="AcceptedMs">Since when it counts, milliseconds since 1970.</param>
internal sealed record OldEntry(QueueHead Head, QueuePlace Place, string? Qualifier, long AcceptedMs);
