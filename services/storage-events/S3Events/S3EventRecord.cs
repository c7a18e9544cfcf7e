using Glue.Contracts.Storage;

namespace Glue.StorageEvents.S3Events;

/// <summary>One record of an S3 event message.</summary>
/// <param name="Change">What happened, with Glue's internal members taken in and the key decoded.</param>
/// <param name="Account">The account the bucket belonged to when it happened; null when another program wrote the record.</param>
internal readonly record struct S3EventRecord(ObjectChange Change, string? Account);
