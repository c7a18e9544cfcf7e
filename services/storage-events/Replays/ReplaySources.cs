using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Rules;

namespace Glue.StorageEvents.Replays;

/// <summary>Opens what a replay reads.</summary>
internal sealed class ReplaySources(
    IEventLog log, IBucketListing listing, BucketNotifications notifications, IDeliveries deliveries, RecordMatcherFactory matchers, StorageEventsOptions options, TimeProvider time)
{
    public IReplaySource Open(Replay replay) => replay.Listing is null
        ? new LogSource(log, matchers, replay)
        : new ListingSource(listing, notifications, deliveries, matchers, options, time, replay);
}
