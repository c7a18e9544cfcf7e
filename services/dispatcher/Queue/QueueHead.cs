using Glue.Contracts.Invocations;

namespace Glue.Dispatcher.Queue;

/// <summary>What memory keeps of an entry that may be leased soon; its event stays on disk.</summary>
/// <param name="Entry">Its number, rising in enqueue order.</param>
/// <param name="DueMs">Milliseconds since 1970.</param>
/// <param name="OrderKey">Null: unordered.</param>
/// <param name="FunctionErrors">Attempts the function failed so far.</param>
/// <param name="Postponements">Times it could not be run since its last attempt.</param>
internal sealed record QueueHead(long Entry, long DueMs, string? OrderKey, int FunctionErrors, int Postponements)
{
    /// <summary>The whole of it, kept from its enqueueing while there is room: saves the reading back.</summary>
    public Invocation? Kept { get; init; }

    public QueuePlace Place => new(DueMs, Entry);

    public bool IsBefore(QueueHead other) => other.Place.IsBehind(Place);
}
