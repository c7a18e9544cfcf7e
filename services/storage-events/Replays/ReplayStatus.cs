namespace Glue.StorageEvents.Replays;

/// <summary>Where a replay stands.</summary>
internal enum ReplayStatus
{
    /// <summary>At work, or next in line.</summary>
    Running = 0,

    /// <summary>Held by its user; can be resumed.</summary>
    Stopped = 1,

    /// <summary>At its end.</summary>
    Done = 2,
}
