using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;

namespace Glue.StorageEvents.Replays;

/// <summary>Opens what a replay reads.</summary>
internal sealed class ReplaySources(
    IEventLog log, IBucketListing listing, IDeliveries deliveries, RecordMatcherFactory matchers, StorageEventsOptions options, TimeProvider time)
{
    public IReplaySource Open(Replay replay) => replay.Listing is null
        ? new LogSource(log, matchers, replay)
        : new ListingSource(listing, deliveries, matchers, options, time, replay);
}
