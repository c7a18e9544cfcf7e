using System.Collections.Concurrent;
using System.Text;
using System.Xml.Linq;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Notifications;

/// <summary>
/// Keeps the stores' own notification configurations as the rules want them: reads, changes Glue's own entries, writes. A store that does not answer
/// is tried again, sooner at first; what others changed meanwhile is found at the next round.
/// </summary>
internal sealed class NotificationSync(
    IAttachedStores stores, IStoreRules rules, StoreHttp http, CephTopics topics, NotifiedBuckets notified, StoreAddresses addresses, TimeProvider time, ILogger<NotificationSync> logger) : ServiceLoop
{
    private static readonly XNamespace S3 = "http://s3.amazonaws.com/doc/2006-03-01/";

    private static readonly TimeSpan Round = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstRetry = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, string> _status = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _one = new(1, 1); // a detaching call and the round must not write in turns

    /// <summary>Does Glue set the store's own notification configuration?</summary>
    public static bool Sets(AttachedStore store) => store.Notify == StoreNotify.Webhook || (store.Notify == StoreNotify.Kafka && !store.Settings.SetsNothing);

    /// <summary>For people: how the last round went.</summary>
    public string StatusOf(string store) => _status.GetValueOrDefault(store, "not looked at yet");

    /// <summary>Takes everything of Glue's away from the store.</summary>
    /// <exception cref="StoreException">It refused.</exception>
    /// <exception cref="HttpRequestException">It does not answer.</exception>
    public async Task ClearAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            var set = notified.Of(store.Name);
            foreach (var bucket in set.Where(static one => one != NotifiedBuckets.Topics))
            {
                await SetAsync(store, bucket, [], cancellationToken);
            }

            // Topics outlive the entries that used them: rules are removed before their store is.
            if (set.Contains(NotifiedBuckets.Topics))
            {
                await topics.RemoveAsync(store, OwnOf(store).Prefix, cancellationToken);
            }
        }
        finally
        {
            _one.Release();
        }
    }

    /// <summary>The store is gone.</summary>
    public Task ForgetAsync(string store)
    {
        _status.TryRemove(store, out _);
        return notified.RemoveAsync(store, bucket: null);
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        var retry = FirstRetry;
        while (true)
        {
            Task changed = Task.WhenAny(stores.NextChange, rules.NextChange);
            var isSet = true;
            foreach (var store in stores.All)
            {
                isSet &= await TryAsync(store, stoppingToken);
            }

            retry = isSet ? FirstRetry : TimeSpan.FromTicks(Math.Min(retry.Ticks * 2, Round.Ticks));
            await changed.WaitAsync(isSet ? Round : retry, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    public override void Dispose()
    {
        _one.Dispose();
        base.Dispose();
    }

    private async Task<bool> TryAsync(AttachedStore store, CancellationToken cancellationToken)
    {
        await _one.WaitAsync(cancellationToken);
        try
        {
            if (stores.Find(store.Name) is null)
            {
                return true; // detached since
            }

            var wanted = Sets(store) ? rules.Of(store.Name) : new Dictionary<string, BucketNotificationConfiguration>(StringComparer.Ordinal);
            foreach (var bucket in wanted.Keys.Union(notified.Of(store.Name).Where(static one => one != NotifiedBuckets.Topics), StringComparer.Ordinal))
            {
                await SetAsync(store, bucket, wanted.GetValueOrDefault(bucket)?.Rules ?? [], cancellationToken);
            }

            _status[store.Name] = Sets(store) ? "notifications are set" : "its administrator sets notifications";
            return true;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            // Of one store, whatever it answered: it must not end what serves the others.
            if (_status.GetValueOrDefault(store.Name) != e.Message)
            {
                Log.NotificationsNotSet(logger, store.Name, e.Message, e is StoreException or HttpRequestException ? null : e); // once, not at every try
            }

            _status[store.Name] = e.Message;
            return false;
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task SetAsync(AttachedStore store, string bucket, IReadOnlyList<BucketRule> wanted, CancellationToken cancellationToken)
    {
        var own = OwnOf(store);
        var ids = wanted.Select(own.IdOf).ToHashSet(StringComparer.Ordinal);
        if (await ReadAsync(store, bucket, isNeeded: wanted.Count > 0, cancellationToken) is { } present && !ids.SetEquals(own.In(present)))
        {
            await notified.AddAsync(store.Name, bucket);
            await WriteAsync(store, bucket, present, own, wanted, ids, cancellationToken);
            Log.NotificationsSet(logger, store.Name, bucket, ids.Count);
        }

        if (wanted.Count == 0)
        {
            await notified.RemoveAsync(store.Name, bucket);
        }
    }

    /// <returns>Null: the bucket is gone, and everything in it.</returns>
    private async Task<XElement?> ReadAsync(AttachedStore store, string bucket, bool isNeeded, CancellationToken cancellationToken)
    {
        try
        {
            return await http.CallAsync(store, HttpMethod.Get, StoreUrl.Of(store, bucket, [new("notification", null)]), cancellationToken: cancellationToken)
                ?? new XElement(S3 + "NotificationConfiguration");
        }
        catch (StoreException e) when (e.Status == 404 && !isNeeded)
        {
            return null;
        }
    }

    private async Task WriteAsync(
        AttachedStore store, string bucket, XElement present, OwnEntries own, IReadOnlyList<BucketRule> wanted, HashSet<string> ids, CancellationToken cancellationToken)
    {
        var isCeph = store.Settings.TargetArn is null;
        if (isCeph)
        {
            // Ceph 16 adds what it is put to what is there, and refuses an empty configuration: entries go one by one.
            foreach (var id in own.In(present).Except(ids, StringComparer.Ordinal))
            {
                await http.CallAsync(store, HttpMethod.Delete, StoreUrl.Of(store, bucket, [new("notification", id)]), cancellationToken: cancellationToken);
            }
        }

        if (wanted.Count > 0 || !isCeph)
        {
            var target = store.Settings.TargetArn ?? await TopicAsync(store, own, cancellationToken);
            var merged = own.Merge(present, wanted, target);
            await http.CallAsync(
                store, HttpMethod.Put, StoreUrl.Of(store, bucket, [new("notification", null)]), Encoding.UTF8.GetBytes(merged.ToString(SaveOptions.DisableFormatting)), cancellationToken: cancellationToken);
        }
    }

    private async Task<string> TopicAsync(AttachedStore store, OwnEntries own, CancellationToken cancellationToken)
    {
        await notified.AddAsync(store.Name, NotifiedBuckets.Topics);
        return await topics.EnsureAsync(store, own, addresses.EventsOf(store), cancellationToken);
    }

    private OwnEntries OwnOf(AttachedStore store) => new(store, addresses.EventsOf(store));
}
