using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Glue.Contracts.Storage;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.AttachedStores;

/// <summary>
/// Takes the event messages of attached stores: whatever dialect they speak becomes Glue's own form in the event log, with the store's name and
/// account, which a message cannot claim by itself.
/// </summary>
public sealed class StoreMessages(IEventLog log, IRejectedRecords rejected, StorageEventsOptions options, TimeProvider time)
{
    /// <summary>A message that could not be read is kept for people, up to this much of it.</summary>
    private const int MaxKeptBytes = 64 * 1024;

    /// <summary>Changes that nobody had to tell; durable in the event log, in this order for each key, when it returns.</summary>
    public Task AppendAsync(IReadOnlyList<ObjectChange> changes, CancellationToken cancellationToken) => log.AppendAsync(
        [.. changes.Select(change => new EventLogMessage($"{change.Address}/{change.Key}", S3EventWriter.Logged(change, options.Region)))], cancellationToken);

    /// <summary>The good records of messages are durable in the event log when it returns, and messages that have bad ones put aside.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="account">The account it is attached for.</param>
    /// <param name="messages">As the store sent them. The same ones again give the same events.</param>
    /// <param name="isOwn">Told a bucket's name: is it the store's? Records of other buckets are counted and dropped. Null: all are.</param>
    /// <param name="cancellationToken">Ends the waiting; what was written stays.</param>
    /// <returns>How many records are of other buckets; one sentence for each message that has something wrong.</returns>
    public async Task<(int Foreign, IReadOnlyList<string> Faults)> TakeAsync(
        string store, string account, IReadOnlyList<ReadOnlyMemory<byte>> messages, Func<string, bool>? isOwn, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var (records, bad, now, origin) = (new List<S3EventRecord>(), new List<RejectedRecord>(), time.GetUtcNow(), new EventOrigin(store, account));
        foreach (var message in messages)
        {
            var faults = new List<string>();
            S3EventReader.Read(message, now, records, faults, origin);
            if (faults.Count > 0)
            {
                bad.Add(Rejected(store, message, string.Join("; ", faults), now));
            }
        }

        var foreign = isOwn is null ? 0 : records.RemoveAll(record => !isOwn(record.Change.Bucket));
        if (records.Count > 0)
        {
            await AppendAsync([.. records.Select(static record => record.Change)], cancellationToken);
        }

        if (bad.Count > 0)
        {
            await rejected.AddAsync(bad, cancellationToken);
        }

        return (foreign, bad.ConvertAll(static one => one.Reason));
    }

    /// <summary>It has no place in the log. A store that sends it again and again leaves one: its place is made of what it says.</summary>
    private static RejectedRecord Rejected(string store, ReadOnlyMemory<byte> message, string reason, DateTimeOffset now)
    {
        var place = -(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(message.Span)) & long.MaxValue) - 1;
        var kept = message.Length > MaxKeptBytes ? Encoding.UTF8.GetBytes($"(the first {MaxKeptBytes} of {message.Length} bytes) ").Concat(message[..MaxKeptBytes].ToArray()).ToArray() : message;
        return new RejectedRecord(place, now, store + "/", reason, kept);
    }
}
