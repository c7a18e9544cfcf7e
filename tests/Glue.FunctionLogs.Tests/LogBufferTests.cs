using System.Text;
using Glue.FunctionLogs.Appending;

namespace Glue.FunctionLogs.Tests;

/// <summary>Lines wait for the writer in a bounded space; what does not fit is counted where it is missing.</summary>
public sealed class LogBufferTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    private readonly Queue _queue = new();
    private readonly LogBuffer _log;

    public LogBufferTests() => _log = new LogBuffer(new LogStreamName("000000000000", "/aws/lambda/f", "s"), isJson: false, _queue);

    [Fact]
    public void Lines_come_out_as_they_went_in_and_the_queue_hears_once_that_they_wait()
    {
        Append("one", Noon);
        Append("", Noon.AddSeconds(1));
        Append("größe", Noon.AddSeconds(2));

        Assert.Equal([(Noon, "one"), (Noon.AddSeconds(1), ""), (Noon.AddSeconds(2), "größe")], Take());
        Assert.Equal(1, _queue.Waiting);
        Append("again", Noon);
        Assert.Equal(2, _queue.Waiting);
    }

    [Fact]
    public void Times_of_a_stream_never_go_back_though_the_clock_does()
    {
        Append("one", Noon);
        Append("two", Noon.AddSeconds(-5));

        Assert.Equal([(Noon, "one"), (Noon, "two")], Take());
    }

    [Fact]
    public void What_does_not_fit_is_dropped_and_a_line_says_so_where_it_is_missing()
    {
        Append("first", Noon);
        _queue.IsFull = true;
        Append("lost", Noon);
        Append("lost too", Noon);
        _queue.IsFull = false;
        Append("last", Noon);

        var lines = Take().Select(static each => each.Line).ToList();
        Assert.Equal(["first", lines[1], "last"], lines);
        Assert.StartsWith("LOGS_DROPPED Lines: 2\tBytes: 12\t", lines[1], StringComparison.Ordinal);
        Assert.Equal(2, _queue.DroppedLines);
    }

    [Fact]
    public void What_was_dropped_is_told_even_when_no_further_line_comes()
    {
        _queue.IsFull = true;
        Append("lost", Noon);

        Assert.StartsWith("LOGS_DROPPED Lines: 1", Assert.Single(Take()).Line, StringComparison.Ordinal);
        Assert.Empty(Take());
    }

    [Fact]
    public void In_a_JSON_log_the_dropped_lines_are_an_event_of_the_Telemetry_API()
    {
        var log = new LogBuffer(new LogStreamName("000000000000", "/aws/lambda/f", "s"), isJson: true, _queue);
        _queue.IsFull = true;
        log.Append(Noon, "lost"u8);

        var taken = log.Take();
        var rest = taken.Bytes;
        using var note = System.Text.Json.JsonDocument.Parse(WaitingLines.Read(ref rest, out _).ToArray());
        Assert.Equal("platform.logsDropped", note.RootElement.GetProperty("type").GetString());
        Assert.Equal("2026-11-21T12:00:00.000Z", note.RootElement.GetProperty("time").GetString());
        Assert.Equal((1, 4), (note.RootElement.GetProperty("record").GetProperty("droppedRecords").GetInt32(), note.RootElement.GetProperty("record").GetProperty("droppedBytes").GetInt32()));
    }

    private void Append(string line, DateTimeOffset time) => _log.Append(time, Encoding.UTF8.GetBytes(line));

    private List<(DateTimeOffset Time, string Line)> Take()
    {
        var taken = _log.Take();
        var rest = taken.Bytes;
        var lines = new List<(DateTimeOffset, string)>();
        while (!rest.IsEmpty)
        {
            var line = WaitingLines.Read(ref rest, out var timeMs);
            lines.Add((DateTimeOffset.FromUnixTimeMilliseconds(timeMs), Encoding.UTF8.GetString(line)));
        }

        taken.Return();
        return lines;
    }

    private sealed class Queue : ILogQueue
    {
        public bool IsFull { get; set; }

        public int Waiting { get; private set; }

        public long DroppedLines { get; private set; }

        public bool TryReserve(int bytes, int waiting) => !IsFull;

        public void Reserve(int bytes)
        {
            // Notes always fit.
        }

        public void Waits(LogBuffer buffer) => Waiting++;

        public void Dropped(long lines) => DroppedLines += lines;
    }
}
