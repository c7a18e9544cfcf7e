namespace Glue.StorageEvents.Replays;

/// <summary>What a replay reads cannot be read at the moment.</summary>
internal sealed class ReplaySourceException(Exception inner) : Exception(inner.Message, inner);
