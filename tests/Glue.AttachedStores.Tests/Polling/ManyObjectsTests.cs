using System.Diagnostics;
using System.Globalization;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Stores;
using Xunit.Abstractions;

namespace Glue.AttachedStores.Tests.Polling;

/// <summary>A bucket of many objects: what polling holds in memory is a page and a step, however many there are. <c>GLUE_POLL_OBJECTS</c>: how many; default 100,000.</summary>
[Collection(nameof(AloneInTheProcess))]
public sealed class ManyObjectsTests(ITestOutputHelper output)
{
    private static readonly int Objects = int.Parse(Environment.GetEnvironmentVariable("GLUE_POLL_OBJECTS") ?? "100000", CultureInfo.InvariantCulture);

    [Fact]
    public async Task A_listing_of_many_objects_holds_no_more_of_them_in_memory_than_a_page_and_a_step()
    {
        await using var polled = new PollUnderTest(new ListedStore(static (_, _) => 0));
        await polled.SetRulesAsync("");
        var store = new MadeUpStore(Objects);
        var poll = new BucketPoll(PollUnderTest.Attached, polled.Rules, polled.Table, store, polled.Store, polled.Events, polled.Metrics, polled.Options, polled.Time) { State = polled.State };
        foreach (var what in new[] { "first", "unchanged", "a tenth of a percent changed" })
        {
            store.Changed = what[0] == 'a' ? 1000 : 0;
            store.StartMeasuring();
            var (clock, told) = (Stopwatch.StartNew(), polled.Events.All.Count);
            await poll.RunAsync(CancellationToken.None);
            var said = string.Create(CultureInfo.InvariantCulture, $"poll of {Objects} objects, {what}: {clock.Elapsed.TotalSeconds:0.0} s, {store.MostBytes / 1048576.0:0.0} MiB of managed memory, {polled.DiskBytes / 1048576.0:0} MiB on the disk, {polled.Events.All.Count - told} events");
            output.WriteLine(said);
            Console.WriteLine(said);
            Assert.True(store.MostBytes < 32 << 20, said);
        }

        Assert.Equal(Objects, polled.State.Last!.Objects);
        Assert.Equal((Objects + 999) / 1000, polled.Events.All.Count);
    }

    /// <summary>Makes its objects up, page by page, and looks how much more memory is in use between pages than before the first.</summary>
    private sealed class MadeUpStore(int objects) : IObjectPages
    {
        private long _before;

        public long MostBytes { get; private set; }

        /// <summary>Every which one has changed; 0: none.</summary>
        public int Changed { get; set; }

        public void StartMeasuring() => (MostBytes, _before) = (0, GC.GetTotalMemory(forceFullCollection: true));

        public Task<ListedPage> ReadAsync(AttachedStore store, string bucket, PageRequest request, CancellationToken cancellationToken)
        {
            var first = (request.Token ?? request.After) is { } last ? int.Parse(last.AsSpan(last.LastIndexOf('/') + 1), CultureInfo.InvariantCulture) + 1 : 0;
            if (first % 20_000 == 0)
            {
                MostBytes = Math.Max(MostBytes, GC.GetTotalMemory(forceFullCollection: true) - _before);
            }

            var page = Enumerable.Range(first, Math.Min(request.MaxKeys, objects - first)).Select(number => new ListedObject(
                $"some/folder/of/objects/with/quite/long/names/{number:00000000}", $"{number:x32}", number, DateTimeOffset.UnixEpoch.AddSeconds(Changed > 0 && number % Changed == 0 ? 1 : 0))).ToList();
            var isTruncated = first + page.Count < objects;
            return Task.FromResult(new ListedPage(page, isTruncated ? page[^1].Key : null, isTruncated, StoreTime: null));
        }
    }
}

/// <summary>For what looks at the memory of the whole process: no other test runs meanwhile.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
