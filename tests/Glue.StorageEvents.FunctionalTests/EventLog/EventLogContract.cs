using System.Text;
using Glue.StorageEvents.EventLog;

namespace Glue.StorageEvents.FunctionalTests.EventLog;

/// <summary>What every event log promises, whatever it is made of. Each implementation runs this suite.</summary>
public abstract class EventLogContract
{
    /// <summary>Longest wait for something that should come at once.</summary>
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(20);

    /// <summary>The log under test, empty at first; after <see cref="RestartAsync"/> the same one, as a new process sees it.</summary>
    protected abstract IEventLog Log { get; }

    /// <summary>Closes the log and opens it again.</summary>
    protected abstract Task RestartAsync();

    [Fact]
    public async Task What_is_appended_is_read_in_order_with_its_bytes()
    {
        await AppendAsync("a", "b", "c");
        await AppendAsync("d");
        await using var consumer = Log.OpenConsumer("one");
        var records = await ReadAsync(consumer, 4);
        Assert.Equal(["a", "b", "c", "d"], records.Select(Text));
        Assert.Equal(["bucket/a", "bucket/b", "bucket/c", "bucket/d"], records.Select(record => record.Key));
        Assert.True(records.Zip(records.Skip(1)).All(pair => pair.First.Offset < pair.Second.Offset));
    }

    [Fact]
    public async Task Any_bytes_can_be_appended()
    {
        byte[] bytes = [0, 255, 192, 128, 10, 13];
        await Log.AppendAsync([new EventLogMessage("bucket/key", bytes)], CancellationToken.None);
        await using var consumer = Log.OpenConsumer("one");
        Assert.Equal(bytes, (await ReadAsync(consumer, 1))[0].Value.ToArray());
    }

    [Fact]
    public async Task A_batch_has_at_most_as_many_records_as_asked_for()
    {
        await AppendAsync("a", "b", "c");
        await using var consumer = Log.OpenConsumer("one");
        Assert.InRange((await consumer.ReadAsync(2, Limit())).Count, 1, 2);
    }

    [Fact]
    public async Task A_reader_that_waits_is_woken_by_an_append()
    {
        await using var consumer = Log.OpenConsumer("one");
        var reading = consumer.ReadAsync(10, Limit());
        await AppendAsync("a");
        Assert.Equal("a", Text(Assert.Single(await reading)));
    }

    [Fact]
    public async Task A_reader_that_waits_can_be_cancelled()
    {
        await using var consumer = Log.OpenConsumer("one");
        using var cancellation = new CancellationTokenSource();
        var reading = consumer.ReadAsync(10, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => reading);
    }

    [Fact]
    public async Task What_was_committed_does_not_come_again_and_what_was_not_does()
    {
        await AppendAsync("a", "b");
        await using (var consumer = Log.OpenConsumer("one"))
        {
            await consumer.CommitAsync(await ReadAsync(consumer, 2), CancellationToken.None);
            await AppendAsync("c", "d");
            await ReadAsync(consumer, 2);
        }

        await RestartAsync();
        await using var later = Log.OpenConsumer("one");
        Assert.Equal(["c", "d"], (await ReadAsync(later, 2)).Select(Text));
    }

    [Fact]
    public async Task Committing_a_batch_commits_those_before_it_and_an_older_one_takes_nothing_back()
    {
        await AppendAsync("a");
        await using (var consumer = Log.OpenConsumer("one"))
        {
            var first = await ReadAsync(consumer, 1);
            await AppendAsync("b");
            var second = await ReadAsync(consumer, 1);
            await consumer.CommitAsync(second, CancellationToken.None);
            await consumer.CommitAsync(first, CancellationToken.None);
        }

        await AppendAsync("c");
        await using var later = Log.OpenConsumer("one");
        Assert.Equal(["c"], (await ReadAsync(later, 1)).Select(Text));
    }

    [Fact]
    public async Task Each_consumer_has_its_own_place()
    {
        await AppendAsync("a");
        await using var one = Log.OpenConsumer("one");
        await using var two = Log.OpenConsumer("two");
        await one.CommitAsync(await ReadAsync(one, 1), CancellationToken.None);
        Assert.Equal(["a"], (await ReadAsync(two, 1)).Select(Text));
    }

    [Fact]
    public async Task What_was_appended_is_there_after_a_restart()
    {
        await AppendAsync("a");
        await RestartAsync();
        await AppendAsync("b");
        await using var consumer = Log.OpenConsumer("one");
        Assert.Equal(["a", "b"], (await ReadAsync(consumer, 2)).Select(Text));
    }

    [Fact]
    public async Task Appends_from_many_sides_are_all_read_once_and_each_key_in_its_order()
    {
        const int writers = 8;
        const int each = 50;
        await using var consumer = Log.OpenConsumer("one");
        var appending = Task.WhenAll(Enumerable.Range(0, writers).Select(async writer =>
        {
            for (var i = 0; i < each; i++)
            {
                await Log.AppendAsync([new EventLogMessage($"bucket/{writer}", Encoding.UTF8.GetBytes($"{writer}:{i}"))], CancellationToken.None);
            }
        }));
        var records = await ReadAsync(consumer, writers * each);
        await appending;
        foreach (var ofKey in records.GroupBy(record => record.Key))
        {
            Assert.Equal(Enumerable.Range(0, each).Select(i => $"{ofKey.Key["bucket/".Length..]}:{i}"), ofKey.Select(Text));
        }
    }

    [Fact]
    public async Task A_stretch_between_two_offsets_can_be_read_again_and_moves_no_consumer()
    {
        await AppendAsync("a", "b", "c", "d", "e");
        await using var consumer = Log.OpenConsumer("one");
        var all = await ReadAsync(consumer, 5);
        await consumer.CommitAsync(all, CancellationToken.None);

        await using var reader = Log.OpenReader();
        var found = await reader.FindAsync(LogPlace.At(all[1].Offset), LogPlace.At(all[4].Offset), Limit());
        var stretch = Assert.Single(found.Stretches);
        Assert.Equal((all[1].Partition, all[1].Offset, all[4].Offset), (stretch.Partition, stretch.Next, stretch.End));
        Assert.Equal(["b", "c", "d"], await ReadAsync(reader, stretch));
        Assert.Equal(["c", "d"], await ReadAsync(reader, stretch with { Next = all[2].Offset }));

        await AppendAsync("f");
        Assert.Equal("f", Text(Assert.Single(await consumer.ReadAsync(10, Limit()))));
    }

    [Fact]
    public async Task A_stretch_without_an_end_goes_as_far_as_the_log_did_when_it_was_looked_up()
    {
        await AppendAsync("a", "b");
        await using var reader = Log.OpenReader();
        var found = await reader.FindAsync(LogPlace.At(0), to: null, Limit());
        await AppendAsync("c");
        Assert.Equal(["a", "b"], await ReadAsync(reader, Assert.Single(found.Stretches)));
        Assert.Empty((await reader.FindAsync(LogPlace.At(1_000_000), to: null, Limit())).Stretches);
    }

    [Fact]
    public async Task A_stretch_between_two_times_holds_at_least_what_the_log_took_between_them()
    {
        var before = TimeProvider.System.GetUtcNow().AddDays(-365);
        await AppendAsync("a", "b");
        await using var reader = Log.OpenReader();
        Assert.Equal(["a", "b"], await ReadAsync(reader, Assert.Single((await reader.FindAsync(LogPlace.At(before), to: null, Limit())).Stretches)));
        var none = await reader.FindAsync(LogPlace.At(before), LogPlace.At(before.AddDays(1)), Limit());
        Assert.True(none.Stretches.Count == 0 || !none.HasTimes);
    }

    private static async Task<List<string>> ReadAsync(IEventLogReader reader, LogStretch stretch)
    {
        var texts = new List<string>();
        while (await reader.ReadAsync(stretch, 2, Limit()) is { Count: > 0 } batch)
        {
            texts.AddRange(batch.Select(Text));
            stretch = stretch with { Next = batch[^1].Offset + 1 };
        }

        return texts;
    }

    protected Task AppendAsync(params string[] texts) => Log.AppendAsync(
        [.. texts.Select(text => new EventLogMessage("bucket/" + text, Encoding.UTF8.GetBytes(text)))], CancellationToken.None);

    /// <summary>Reads until there are so many.</summary>
    protected static async Task<List<EventLogRecord>> ReadAsync(IEventLogConsumer consumer, int count)
    {
        var records = new List<EventLogRecord>();
        while (records.Count < count)
        {
            records.AddRange(await consumer.ReadAsync(count - records.Count, Limit()));
        }

        return records;
    }

    protected static string Text(EventLogRecord record) => Encoding.UTF8.GetString(record.Value.Span);

    // xunit collects the source with the test; a test that hangs ends here instead of never.
    private static CancellationToken Limit() => new CancellationTokenSource(Budget).Token;
}
