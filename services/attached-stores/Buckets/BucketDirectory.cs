using System.Collections.Concurrent;
using System.Net;
using System.Text.RegularExpressions;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;

namespace Glue.AttachedStores.Buckets;

/// <summary>Which of an account's stores have a bucket. What a store answered holds for a while: functions ask with every request.</summary>
public sealed partial class BucketDirectory(IAttachedStores stores, IStoreRules rules, IEmbeddedBuckets embedded, StoreHttp http, TimeProvider time)
{
    private const int MostKnown = 10_000;

    private static readonly TimeSpan Present = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Absent = TimeSpan.FromSeconds(5); // somebody may be about to make it

    private readonly ConcurrentDictionary<(AttachedStore Store, string Bucket), (bool Has, DateTimeOffset Until)> _known = new();

    /// <summary>For functions: an event's own store first, then the embedded one, then the attached store that has the bucket.</summary>
    /// <param name="accountId">Whose stores.</param>
    /// <param name="bucket">A bucket's bare name.</param>
    /// <param name="eventStore">Whose event is being handled; null: the embedded store's, or none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null: the embedded store.</returns>
    /// <exception cref="AmbiguousBucketException">Several attached stores have one of that name, and none of them sent the event.</exception>
    /// <exception cref="HttpRequestException">A store that may have it does not answer: guessing would put an object into the wrong one.</exception>
    public async ValueTask<AttachedStore?> FindAsync(string accountId, string bucket, string? eventStore, CancellationToken cancellationToken)
    {
        var own = eventStore is null ? null : stores.Find(eventStore);
        if (own is not null && own.AccountId == accountId && await HasAsync(own, bucket, cancellationToken))
        {
            return own;
        }

        if (embedded.Exists(bucket))
        {
            return null;
        }

        var found = await AttachedAsync(accountId, bucket, cancellationToken);
        return found switch
        {
            [] => null,
            [var one] => one,
            _ => throw new AmbiguousBucketException(
                $"Bucket '{bucket}' lies in several attached stores ({string.Join(", ", found.Select(static store => store.Name))}), and none of them sent the event."),
        };
    }

    /// <summary>Those of the account's attached stores that have it.</summary>
    public async Task<IReadOnlyList<AttachedStore>> AttachedAsync(string accountId, string bucket, CancellationToken cancellationToken)
    {
        var found = new List<AttachedStore>();
        foreach (var store in stores.All)
        {
            if (store.AccountId == accountId && await HasAsync(store, bucket, cancellationToken))
            {
                found.Add(store);
            }
        }

        return found;
    }

    private async ValueTask<bool> HasAsync(AttachedStore store, string bucket, CancellationToken cancellationToken)
    {
        if (!NamePattern().IsMatch(bucket))
        {
            return false;
        }

        if (rules.Of(store.Name).ContainsKey(bucket))
        {
            return true;
        }

        if (_known.TryGetValue((store, bucket), out var known) && known.Until > time.GetUtcNow())
        {
            return known.Has;
        }

        using var answer = await http.SendAsync(store, HttpMethod.Head, StoreUrl.Of(store, bucket), body: null, contentType: null, "s3", cancellationToken);
        if (answer.StatusCode >= HttpStatusCode.InternalServerError)
        {
            throw new HttpRequestException($"Store {store.Name} answered {(int)answer.StatusCode} when asked for bucket '{bucket}'.");
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear(); // a function asks for names of its own making: what is forgotten is asked again
        }

        _known[(store, bucket)] = (answer.IsSuccessStatusCode, time.GetUtcNow() + (answer.IsSuccessStatusCode ? Present : Absent));
        return answer.IsSuccessStatusCode;
    }

    /// <summary>Older stores allow capitals and underscores; nothing that could leave the path or the host's label.</summary>
    [GeneratedRegex(@"\A[a-zA-Z0-9][a-zA-Z0-9._-]{1,254}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex NamePattern();
}

/// <summary>A bucket's bare name means several.</summary>
public sealed class AmbiguousBucketException(string message) : Exception(message);
