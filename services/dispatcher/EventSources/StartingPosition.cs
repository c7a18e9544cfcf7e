using System.Text.Json.Serialization;

namespace Glue.Dispatcher.EventSources;

/// <summary>Where a mapping begins in a partition of which its consumer group has no offset yet. Persisted by name.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<StartingPosition>))]
internal enum StartingPosition
{
    /// <summary>At the oldest record there is.</summary>
    TrimHorizon,

    /// <summary>Behind the newest record there is.</summary>
    Latest,

    /// <summary>At the first record of that time or later.</summary>
    AtTimestamp,
}
