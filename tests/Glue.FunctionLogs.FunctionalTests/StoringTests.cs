
namespace Glue.FunctionLogs.FunctionalTests;

/// <summary>From the sandbox's line to the file, and what is given up when.</summary>
public sealed class StoringTests
{
    private const string Group = "/aws/lambda/f";

    [Fact]
    public async Task Every_line_of_a_function_that_writes_100_000_at_once_is_kept_in_order_and_none_is_dropped()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var log = logs.Open();
        var expected = new List<string>();
        for (var i = 0; i < 100_000; i++)
        {
            var line = $"line {i} of a function that has a lot to say about what it is doing just now";
            LogsUnderTest.Append(log, line, 1_000_000 + (i / 100));
            expected.Add(line);
        }

        await logs.Writer.FlushAsync();
        Assert.Equal(0, logs.Dropped);
        Assert.Equal(expected, logs.ReadAll(Group, static scan => scan with { Limit = 10_000 }));
    }

    [Fact]
    public async Task Above_the_bound_of_the_queue_lines_are_dropped_counted_and_missed_in_the_stream_and_the_others_kept()
    {
        await using var logs = await LogsUnderTest.StartAsync(static options => options with { QueueMiB = 1, FlushInterval = TimeSpan.FromMinutes(1) });
        var log = logs.Open();
        var line = new string('x', 100_000);
        var sent = 0;
        while (logs.Dropped == 0 && sent < 100_000)
        {
            LogsUnderTest.Append(log, line, 1_000);
            if (++sent % 10 == 0)
            {
                await logs.Writer.FlushAsync(); // a note is written at the latest when the buffer is
            }
        }

        var kept = logs.ReadAll(Group);
        var notes = kept.Where(static each => each.StartsWith("LOGS_DROPPED Lines: ", StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(notes);
        Assert.Equal(sent - logs.Dropped, kept.Count(each => each == line));
        Assert.Equal(logs.Dropped, notes.Sum(static each => long.Parse(each["LOGS_DROPPED Lines: ".Length..each.IndexOf('\t', StringComparison.Ordinal)], System.Globalization.CultureInfo.InvariantCulture)));
    }

    [Fact]
    public async Task Lines_are_there_without_anybody_asking_within_the_flush_interval_and_at_the_latest_when_the_service_stops()
    {
        await using var logs = await LogsUnderTest.StartAsync(static options => options with { FlushInterval = TimeSpan.FromMilliseconds(20) });
        LogsUnderTest.Append(logs.Open(), "hello", 1_000);
        for (var i = 0; logs.Catalog.FindGroup(LogsUnderTest.Account, Group) is null; i++)
        {
            Assert.True(i < 500, "not written in 10 s");
            await Task.Delay(20);
        }

        LogsUnderTest.Append(logs.Open(stream: "late"), "goodbye", 2_000);
        await logs.Writer.DisposeAsync();
        Assert.Equal(["hello", "goodbye"], logs.ReadAll(Group));
    }

    [Fact]
    public async Task Lines_of_several_streams_come_in_the_order_of_their_time_in_both_directions_and_pages_neither_repeat_nor_skip()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        var expected = new List<(long TimeMs, int Stream, int Line)>();
        var random = new Random(7);
        for (var round = 0; round < 5; round++)
        {
            for (var stream = 0; stream < 4; stream++)
            {
                var log = logs.Open(stream: $"s{stream}");
                var timeMs = 100_000L + (round * 15_000);
                for (var line = 0; line < 50; line++)
                {
                    timeMs += random.Next(0, 900); // beyond what one chunk spans
                    LogsUnderTest.Append(log, $"{stream}/{round}/{line}", timeMs);
                    expected.Add((timeMs, stream, (round * 50) + line));
                }
            }

            await logs.Writer.FlushAsync();
        }

        var all = logs.ReadAll(Group, static scan => scan with { Limit = 7 });
        Assert.Equal(expected.Count, all.Distinct().Count());
        Assert.Equal(expected.Count, all.Count);
        var timeOf = expected.ToDictionary(static each => $"{each.Stream}/{each.Line / 50}/{each.Line % 50}", static each => each.TimeMs);
        Assert.Equal(all.Select(line => timeOf[line]).Order(), all.Select(line => timeOf[line]));

        var middle = logs.ReadAll(Group, static scan => scan with { Limit = 7, StartMs = 110_000, EndMs = 140_000 });
        Assert.Equal(expected.Count(static each => each.TimeMs is >= 110_000 and < 140_000), middle.Count);

        var groupId = logs.Catalog.FindGroup(LogsUnderTest.Account, Group)!.Id;
        HashSet<long> one = [logs.Catalog.FindStream(groupId, "s2")!.Id];
        var forward = logs.ReadAll(Group, scan => scan with { Limit = 7, StreamIds = one });
        var backward = logs.ReadAll(Group, scan => scan with { Limit = 7, StreamIds = one, IsBackward = true });
        Assert.Equal(250, forward.Count);
        Assert.Equal(forward.AsEnumerable().Reverse(), backward);
    }

    [Fact]
    public async Task Lines_go_when_they_are_older_than_the_groups_policy_or_the_services_whichever_is_shorter()
    {
        var time = new ManualTime();
        await using var logs = await LogsUnderTest.StartAsync(static options => options with { Retention = TimeSpan.FromDays(5) }, time);
        foreach (var function in new[] { "f", "short" })
        {
            LogsUnderTest.Append(logs.Open(function, "old"), "first", time.NowMs);
        }

        await logs.Writer.FlushAsync();
        await logs.Catalog.SetRetentionAsync(logs.Catalog.FindGroup(LogsUnderTest.Account, "/aws/lambda/short")!.Id, 3);
        time.Advance(TimeSpan.FromDays(4));
        foreach (var function in new[] { "f", "short" })
        {
            LogsUnderTest.Append(logs.Open(function, "new"), "second", time.NowMs);
        }

        await logs.Writer.FlushAsync();
        await logs.Expiry.ExpireAsync();
        Assert.Equal(["first", "second"], logs.ReadAll(Group));
        Assert.Equal(["second"], logs.ReadAll("/aws/lambda/short"));
        Assert.Equal(["new"], Streams(logs, "/aws/lambda/short"));

        time.Advance(TimeSpan.FromDays(2));
        await logs.Expiry.ExpireAsync();
        Assert.Equal(["second"], logs.ReadAll(Group));
        Assert.Equal(["new"], Streams(logs, Group));
    }

    [Fact]
    public async Task All_logs_together_stay_below_their_limit_and_the_oldest_go_first()
    {
        await using var logs = await LogsUnderTest.StartAsync(static options => options with { MaxTotalMiB = 1 });
        var log = logs.Open();
        for (var i = 0; i < 300; i++)
        {
            LogsUnderTest.Append(log, $"{i:D4} " + new string('x', 10_000), 1_000 + i);
            if (i % 20 == 19)
            {
                await logs.Writer.FlushAsync();
            }
        }

        var kept = logs.ReadAll(Group);
        Assert.InRange(logs.Store.TotalBytes, 1, 1024 * 1024);
        Assert.StartsWith("0299 ", kept[^1], StringComparison.Ordinal);
        Assert.InRange(kept.Count, 1, 104);
        Assert.DoesNotContain(kept, static line => line.StartsWith("0000 ", StringComparison.Ordinal));
        Assert.Equal(logs.Store.TotalBytes, logs.Catalog.FindGroup(LogsUnderTest.Account, Group)!.StoredBytes);
    }

    [Fact]
    public async Task What_is_no_UTF_8_is_stored_and_read_all_the_same()
    {
        await using var logs = await LogsUnderTest.StartAsync();
        logs.Open().Append(DateTimeOffset.FromUnixTimeMilliseconds(1_000), [0x61, 0xFF, 0x00, 0x62]);
        await logs.Writer.FlushAsync();
        var answer = await logs.BotoAsync($"print(logs.filter_log_events(logGroupName='{Group}')['events'][0]['message'].encode())");
        Assert.Equal(@"b'a\xef\xbf\xbd\x00b'", answer.Trim());
    }

    private static IEnumerable<string> Streams(LogsUnderTest logs, string group) => logs.Catalog
        .ListStreams(logs.Catalog.FindGroup(LogsUnderTest.Account, group)!.Id, prefix: null, byTime: false, descending: false, after: null, 100)
        .Select(static stream => stream.Name);
}
