using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// An event that a poll found. It is on disk with what it was found from, in one transaction, until the event log has it: a crash in between repeats
/// exactly this one, whatever became of the object meanwhile.
/// </summary>
/// <param name="Number">Rises; 0 until it is on disk.</param>
/// <param name="Name">The event's, without <c>s3:</c>.</param>
/// <param name="Time">When the object was made; of a removal, when it was missed.</param>
/// <param name="Key">Raw.</param>
/// <param name="Size">Bytes; null for removals.</param>
/// <param name="ETag">Null for removals.</param>
/// <param name="Sequencer">20 hexadecimal digits: 12 of milliseconds since 1970 when it was found, never going back, 8 of a count. Orders a bucket's events as the polls saw them; of no use against other stores' sequencers.</param>
internal sealed record OwedEvent(long Number, string Name, DateTimeOffset Time, string Key, long? Size, string? ETag, string Sequencer)
{
    public const string Removed = "ObjectRemoved:Delete";

    public ObjectChange ToChange(AttachedStore store, string bucket) => new()
    {
        EventName = Name, Time = Time, Bucket = bucket, Store = store.Name, BucketOwner = store.AccountId, Key = Key, Size = Size, ETag = ETag, Sequencer = Sequencer,
        PrincipalId = store.AccountId, SourceIpAddress = "", RequestId = "", HostId = "",
    };
}
