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

    /// <summary>The good records of a message are durable in the event log when it returns, and the message put aside if it has bad ones.</summary>
    /// <param name="store">The store's name.</param>
    /// <param name="account">The account it is attached for.</param>
    /// <param name="message">As the store sent it. The same one again gives the same events.</param>
    /// <param name="cancellationToken">Ends the waiting; what was written stays.</param>
    /// <returns>What is wrong with it; null: nothing.</returns>
    public async Task<string?> TakeAsync(string store, string account, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        var (records, faults, now) = (new List<S3EventRecord>(), new List<string>(), time.GetUtcNow());
        S3EventReader.Read(message, now, records, faults, new EventOrigin(store, account));
        if (records.Count > 0)
        {
            await AppendAsync([.. records.Select(static record => record.Change)], cancellationToken);
        }

        if (faults.Count == 0)
        {
            return null;
        }

        // It has no place in the log. A store that sends it again and again leaves one: its place is made of what it says.
        var place = -(BinaryPrimitives.ReadInt64BigEndian(SHA256.HashData(message.Span)) & long.MaxValue) - 1;
        var reason = string.Join("; ", faults);
        var kept = message.Length > MaxKeptBytes ? Encoding.UTF8.GetBytes($"(the first {MaxKeptBytes} of {message.Length} bytes) ").Concat(message[..MaxKeptBytes].ToArray()).ToArray() : message;
        await rejected.AddAsync([new RejectedRecord(place, now, store + "/", reason, kept)], cancellationToken);
        return reason;
    }
}
