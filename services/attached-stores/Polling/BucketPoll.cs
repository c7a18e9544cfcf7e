using System.Runtime.InteropServices;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Stores;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Polling;

/// <summary>
/// Lists a bucket and tells what differs from the last time. What a page shows, the events it makes and how far the listing is are one transaction; the
/// events are in the event log before the next page is compared. So a crash anywhere repeats events as they were, and loses none. What is gone is told
/// when the whole listing is through: until then it may still come, in a store that sorts unlike what was thought.
/// </summary>
internal sealed class BucketPoll(
    AttachedStore store, IReadOnlyList<BucketRule> rules, PollTable table, IObjectPages pages, IObjectLineage lineage, IStoreEvents log, PollMetrics metrics, PollOptions options, TimeProvider time)
{
    private long _savedAt;

    /// <summary>How far it is; what a restart would find may be behind it by pages that changed nothing.</summary>
    public required PolledBucket State { get; set; }

    /// <summary>Called when <see cref="State"/> was saved on the way.</summary>
    public Action? Progress { get; set; }

    /// <summary>A listing, or the rest of one that broke off. Whatever it throws, calling it again goes on where it was.</summary>
    /// <exception cref="StoreException">The store refused, or sorts in no known way.</exception>
    /// <exception cref="HttpRequestException">The store does not answer.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await TellAsync(cancellationToken); // what was owed when it broke off
        await MoveAsync(cancellationToken);
        await ForgetOthersAsync(cancellationToken);
        while (State.Pass is not { IsListed: true })
        {
            if (State.Pass is null)
            {
                await SaveAsync(State with { Pass = new PollPass { BeganAt = time.GetUtcNow() } });
            }

            if (await ListAsync(cancellationToken))
            {
                await SaveAsync(State with { Pass = State.Pass! with { IsListed = true } });
            }
        }

        await TellGoneAsync(cancellationToken);
        var result = new PollResult(State.Pass.BeganAt, time.GetUtcNow(), State.Pass.Objects, State.Pass.Events);
        await SaveAsync(State with { Pass = null, Last = result, Regions = PollRegions.Through(State.Regions) });
        metrics.Through(result);
    }

    /// <summary>What was known before the store was seen to sort by folders goes to its place in that order.</summary>
    private async Task MoveAsync(CancellationToken cancellationToken)
    {
        while (State.IsByFolder && await table.MoveAsync(State))
        {
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Rules went, or came back: what was known of prefixes that were not polled all the while is of before.</summary>
    private async Task ForgetOthersAsync(CancellationToken cancellationToken)
    {
        if (State.Keeping is not { } kept)
        {
            return;
        }

        byte[] from = [];
        foreach (var prefix in kept.OrderBy(State.Places.Of, Comparer<byte[]>.Create(static (one, other) => KeyPlaces.Compare(one, other))))
        {
            await ForgetAsync(from, State.Places.Of(prefix));
            from = State.Places.EndOf(prefix);
        }

        await ForgetAsync(from, State.Places.EndOf(""));
        await SaveAsync(State with { Keeping = null });

        async Task ForgetAsync(byte[] from, byte[] to)
        {
            while (await table.ForgetAsync(State, from, to))
            {
                cancellationToken.ThrowIfCancellationRequested();
            }
        }
    }

    /// <returns>False: the store sorts another way than was thought; from the beginning.</returns>
    private async Task<bool> ListAsync(CancellationToken cancellationToken)
    {
        var prefixes = PollRegions.Listed(State.Regions);
        foreach (var prefix in prefixes.SkipWhile(prefix => State.Pass!.Prefix is { } reached && prefix != reached))
        {
            if (State.Pass!.Prefix != prefix)
            {
                State = State with { Pass = State.Pass with { Prefix = prefix, After = null } };
            }

            if (!await ListAsync(prefix, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var (token, empty) = ((string?)null, 0);
        for (var isTruncated = true; isTruncated;)
        {
            var askedAt = time.GetUtcNow();
            var page = await pages.ReadAsync(store, State.Bucket, new PageRequest(prefix, State.Pass!.After, token, options.PageKeys), cancellationToken);
            if (Sorted(page.Objects, State.Places, State.Pass.After) is not { } sorted)
            {
                await SortOtherwiseAsync(page.Objects, prefix);
                await MoveAsync(cancellationToken);
                return false;
            }

            empty = sorted.Count == 0 ? empty + 1 : 0;
            if (page.IsTruncated && empty > 0 && (page.Next == token || empty >= options.MostEmptyPages))
            {
                throw new StoreException(
                    store.Name, 502, "NoProgress",
                    $"Store {store.Name} says that the listing of {State.Bucket} goes on behind '{State.Pass.After}', and gives no more of it (empty pages in a row: {empty}).");
            }

            var clock = new StoreClock(page.StoreTime, askedAt, time.GetUtcNow());
            await CompareAsync(sorted, page.IsTruncated ? null : State.Places.EndOf(prefix), prefix, found => IsNews(found, clock), cancellationToken);
            metrics.Listed(page.Objects.Count);
            (token, isTruncated) = (page.Next, page.IsTruncated);
        }

        return true;
    }

    /// <summary>The page's objects behind the last one, at their places.</summary>
    /// <returns>Null: they do not ascend.</returns>
    private static List<PlacedObject>? Sorted(IReadOnlyList<ListedObject> objects, KeyPlaces places, string? after)
    {
        var (sorted, last) = (new List<PlacedObject>(objects.Count), after is null ? null : places.Of(after));
        foreach (var found in objects)
        {
            var place = places.Of(found.Key);
            var order = last is null ? -1 : KeyPlaces.Compare(last, place);
            if (order > 0)
            {
                return null;
            }

            if (order < 0) // RustFS begins with the key that it was to start after
            {
                sorted.Add(new PlacedObject(place, found));
                last = place;
            }
        }

        return sorted;
    }

    private async Task SortOtherwiseAsync(IReadOnlyList<ListedObject> objects, string prefix)
    {
        var after = State.Pass!.After;
        var isByFolder = !State.IsByFolder && Sorted(objects, new KeyPlaces(IsByFolder: true), after) is not null;
        await SaveAsync(State with { IsByFolder = State.IsByFolder || isByFolder, Pass = State.Pass with { Prefix = null, After = null } });
        if (!isByFolder)
        {
            throw new StoreException(
                store.Name, 502, "UnknownOrder",
                $"Store {store.Name} lists {State.Bucket} (prefix '{prefix}', after '{after}') in an order that is neither that of S3 nor that of folders: '{objects[0].Key}' … '{objects[^1].Key}'. "
                + "Such a bucket cannot be polled; the changes since the beginning of this listing are looked for again. ./glue reconcile does not mind the order.");
        }
    }

    /// <param name="listed">Behind the last key that was compared.</param>
    /// <param name="end">The place up to which this is all there is; null: up to the last of them.</param>
    /// <param name="prefix">Of all of them.</param>
    /// <param name="isNews">See <see cref="PollDiff.Of"/>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task CompareAsync(List<PlacedObject> listed, byte[]? end, string prefix, Func<ListedObject, bool> isNews, CancellationToken cancellationToken)
    {
        var from = State.Pass!.After is { } after ? KeyPlaces.Behind(State.Places.Of(after)) : State.Places.Of(prefix);
        end ??= listed.Count > 0 ? KeyPlaces.Behind(listed[^1].Place) : from;
        for (var (next, isAll) = (0, false); !isAll;)
        {
            // What is gone may be many more than a page: a step at a time.
            var known = table.Known(State, from, end, options.StepObjects);
            isAll = known.Count < options.StepObjects;
            var to = isAll ? end : KeyPlaces.Behind(known[^1].Place);
            var count = 0;
            while (next + count < listed.Count && KeyPlaces.Compare(listed[next + count].Place, to) < 0)
            {
                count++;
            }

            var stretch = listed.GetRange(next, count);
            var last = Last(known, stretch);
            await SaveAsync(PollDiff.Of(known, CollectionsMarshal.AsSpan(stretch), isNews), count, last, cancellationToken);
            (from, next) = (to, next + count);
        }
    }

    /// <summary>The greatest key of a stretch, known or there; null: there is none.</summary>
    private string? Last(IReadOnlyList<KnownObject> known, List<PlacedObject> listed)
    {
        var (one, other) = (known.Count > 0 ? known[^1].Place : [], listed.Count > 0 ? listed[^1].Place : []);
        return known.Count + listed.Count == 0 ? null : State.Places.KeyAt(KeyPlaces.Compare(one, other) > 0 ? one : other);
    }

    private async Task SaveAsync(PollDiff diff, int objects, string? last, CancellationToken cancellationToken)
    {
        var made = diff.Made.Where(found => IsWanted(found.Key, "s3:ObjectCreated:")).Select(found => StoreListing.Made(store, State.Bucket, found));
        var (state, owed) = Number(State, made.Select(static change => new OwedEvent(0, change.EventName, change.Time, change.Key, change.Size, change.ETag, "")));
        state = state with { Pass = state.Pass! with { After = last ?? state.Pass.After, Objects = state.Pass.Objects + objects } };
        if (diff.IsEmpty && time.GetElapsedTime(_savedAt) < options.SaveEvery)
        {
            State = state;
            return;
        }

        await table.SaveAsync(state, diff, owed);
        (State, _savedAt) = (state, time.GetTimestamp());
        await TellAsync(cancellationToken);
        Progress?.Invoke();
    }

    private async Task SaveAsync(PolledBucket state)
    {
        await table.SaveAsync(state, diff: null, []);
        (State, _savedAt) = (state, time.GetTimestamp());
    }

    private async Task TellGoneAsync(CancellationToken cancellationToken)
    {
        while (table.Gone(State, options.StepObjects) is { Count: > 0 } gone)
        {
            var now = time.GetUtcNow();
            var keys = gone.Select(place => State.Places.KeyAt(place)).Where(key => IsWanted(key, "s3:ObjectRemoved:"));
            var (state, owed) = Number(State, keys.Select(key => new OwedEvent(0, OwedEvent.Removed, now, key, Size: null, ETag: null, "")));
            await table.SaveRemovedAsync(state, gone, owed);
            State = state;
            await TellAsync(cancellationToken);
        }
    }

    /// <summary>Owed events go into the event log; when it has them, they are owed no more.</summary>
    private async Task TellAsync(CancellationToken cancellationToken)
    {
        while (table.Owed(State, options.ToldAtOnce) is { Count: > 0 } owed)
        {
            await log.AppendAsync(await Task.WhenAll(owed.Select(one => ChangeAsync(one, cancellationToken))), cancellationToken);
            await table.SettleAsync(State, owed[^1].Number);
            metrics.Told(owed.Count);
        }
    }

    /// <summary>A listing does not show which function wrote an object: it is asked for, so that a chain of functions comes to its end here too.</summary>
    private async Task<ObjectChange> ChangeAsync(OwedEvent owed, CancellationToken cancellationToken)
    {
        var change = owed.ToChange(store, State.Bucket);
        return owed.Name == OwedEvent.Removed ? change : change with { LineageDepth = await lineage.DepthOfAsync(store, State.Bucket, owed.Key, cancellationToken) };
    }

    private (PolledBucket State, List<OwedEvent> Events) Number(PolledBucket state, IEnumerable<OwedEvent> events)
    {
        var milliseconds = Math.Max(state.EventMilliseconds, time.GetUtcNow().ToUnixTimeMilliseconds());
        var number = state.EventNumber;
        var numbered = events.Select(one => one with { Sequencer = $"{milliseconds:X12}{(uint)++number:X8}" }).ToList();
        return numbered.Count == 0
            ? (state, numbered)
            : (state with { EventMilliseconds = milliseconds, EventNumber = number, Pass = state.Pass! with { Events = state.Pass.Events + numbered.Count } }, numbered);
    }

    private bool IsNews(ListedObject found, StoreClock clock) =>
        PollRegions.Of(State.Regions, found.Key) is not { Since: { } since } || clock.IsSince(found.ModifiedAt, since);

    /// <summary>Whether a rule asks for it. The others' would be dropped behind the event log.</summary>
    private bool IsWanted(string key, string eventKind) => rules.Any(rule =>
        key.StartsWith(rule.Prefix, StringComparison.Ordinal) && key.EndsWith(rule.Suffix, StringComparison.Ordinal)
        && rule.Events.Any(name => name.StartsWith(eventKind, StringComparison.Ordinal)));
}
