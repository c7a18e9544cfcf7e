using System.Text;
using Glue.Contracts.Functions;
using Glue.Workers.Logs;

namespace Glue.Workers.Tests;

public sealed class SandboxLogTests
{
    private static readonly FunctionVersion Version = new()
    {
        AccountId = "000000000000", Name = "f", Version = "$LATEST", Arn = "arn", RevisionId = "1",
        Runtime = "nodejs20.x", Handler = "h", Role = "r", CodeSha256 = "c",
    };

    private readonly List<string> _lines = [];
    private readonly SandboxLog _log;

    public SandboxLogTests() => _log = new SandboxLog(Version, "stream", new Sink(_lines), TimeProvider.System);

    [Fact]
    public void Bytes_become_lines_however_they_are_cut_and_the_two_outputs_do_not_mix()
    {
        Append(1, "one\ntw");
        Append(2, "err");
        Append(1, "o\nthree");
        Append(2, "or\n");
        _log.Flush();

        Assert.Equal(["one", "two", "error", "three"], _lines);
    }

    [Fact]
    public void A_line_without_end_is_cut_at_256_KiB_and_nothing_of_it_is_lost()
    {
        for (var i = 0; i < 40; i++)
        {
            Append(1, new string('x', 16 * 1024));
        }

        _log.Flush();

        Assert.Equal([256 * 1024, 256 * 1024, 128 * 1024], _lines.Select(each => each.Length));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(4095)]
    [InlineData(4096)]
    [InlineData(10_000)]
    public void The_tail_is_the_end_of_what_was_written(int length)
    {
        var text = string.Concat(Enumerable.Range(0, length).Select(i => (char)('a' + (i % 26))));
        _log.StartTail();
        _log.Write("before"u8);
        Append(1, text + "\n");

        var whole = $"before\n{text}\n";
        Assert.Equal(whole[^Math.Min(4096, whole.Length)..], Encoding.UTF8.GetString(_log.TakeTail().Span));
    }

    private void Append(int output, string text) => _log.Append(output, Encoding.UTF8.GetBytes(text));

    private sealed class Sink(List<string> lines) : IFunctionLogs, IFunctionLog
    {
        public IFunctionLog Open(FunctionVersion version, string logStream) => this;

        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line) => lines.Add(Encoding.UTF8.GetString(line));
    }
}
