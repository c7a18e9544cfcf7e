using Glue.Contracts.Storage;
using Glue.ObjectStore.Listening;

namespace Glue.ObjectStore.Tests;

public sealed class ChangeFeedTests
{
    private static readonly ChangeFilter Everything = new("000000000000", null, "", "", [("Object", true)]);

    [Fact]
    public async Task A_listener_that_cannot_keep_up_gets_what_waits_for_it_and_then_an_end_instead_of_a_gap()
    {
        var feed = new ChangeFeed();
        using var slow = feed.Listen(Everything, "a")!;
        using var quick = feed.Listen(Everything, "a")!;
        for (var i = 0; i < 10_000; i++)
        {
            feed.Publish(Change($"{i}"));
            Assert.True(quick.Changes.TryRead(out _));
        }

        var heard = new List<string>();
        while (await slow.Changes.WaitToReadAsync() && slow.Changes.TryRead(out var change))
        {
            heard.Add(change.Key);
        }

        Assert.Equal(Enumerable.Range(0, 4000).Select(static i => $"{i}"), heard);
    }

    [Fact]
    public void So_many_listen_at_once_and_who_leaves_makes_room()
    {
        var feed = new ChangeFeed();
        var all = Enumerable.Range(0, ChangeFeed.MaxListeners).Select(i => feed.Listen(Everything, $"{i % 10}")!).ToList();
        Assert.Null(feed.Listen(Everything, "another"));
        all[7].Dispose();
        Assert.NotNull(feed.Listen(Everything, "another"));
    }

    [Fact]
    public void One_account_does_not_take_every_place()
    {
        var feed = new ChangeFeed();
        var all = Enumerable.Range(0, ChangeFeed.MaxOfAccount).Select(_ => feed.Listen(Everything, "one")!).ToList();
        Assert.Null(feed.Listen(Everything, "one"));
        Assert.NotNull(feed.Listen(Everything, "another"));
        all[7].Dispose();
        Assert.NotNull(feed.Listen(Everything, "one"));
    }

    private static ObjectChange Change(string key) => new()
    {
        EventName = "ObjectCreated:Put", Time = DateTimeOffset.UnixEpoch, Bucket = "b", BucketOwner = "000000000000", Key = key, Sequencer = "1",
        PrincipalId = "p", SourceIpAddress = "127.0.0.1", RequestId = "r", HostId = "h",
    };
}
