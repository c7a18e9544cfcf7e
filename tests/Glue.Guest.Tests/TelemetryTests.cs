using System.Text;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Tests;

public sealed class TelemetryTests
{
    [Theory]
    [InlineData(new[] { "one\ntwo\n" }, new[] { "one", "two" })]
    [InlineData(new[] { "o", "n", "e\nt", "wo\n", "rest" }, new[] { "one", "two" })]
    [InlineData(new[] { "\n\n" }, new[] { "", "" })]
    public void Lines_are_cut_wherever_the_reads_end(string[] reads, string[] lines)
    {
        var (cutter, seen) = (new LineCutter(), new List<string>());

        foreach (var read in reads)
        {
            cutter.Cut(Encoding.UTF8.GetBytes(read), line => seen.Add(Encoding.UTF8.GetString(line)));
        }

        Assert.Equal(lines, seen);
    }

    [Fact]
    public void A_line_that_never_ends_is_cut_and_nothing_of_it_is_lost()
    {
        var (cutter, seen) = (new LineCutter(), 0);

        for (var i = 0; i < 100; i++)
        {
            cutter.Cut(new byte[16 * 1024], line => seen += line.Length);
        }

        cutter.Cut("\n"u8, line => seen += line.Length);

        Assert.Equal(100 * 16 * 1024, seen);
    }

    [Theory]
    [InlineData(false, "platform.initStart", true)]
    [InlineData(false, "platform.report", true)]
    [InlineData(false, "platform.end", false)]
    [InlineData(false, "platform.logsSubscription", false)]
    [InlineData(true, "platform.initStart", false)]
    [InlineData(true, "platform.restoreStart", false)]
    [InlineData(true, "platform.end", true)]
    [InlineData(true, "platform.report", true)]
    [InlineData(true, "platform.logsSubscription", true)]
    public void Each_API_has_its_own_platform_events(bool isOfLogsApi, string name, bool isWanted)
    {
        var terms = new SubscriptionTerms(TelemetryTypes.Platform, isOfLogsApi, 1000, 262_144, 25, 80, "/");

        Assert.Equal(isWanted, terms.Wants(TelemetryTypes.Platform, name));
        Assert.False(terms.Wants(TelemetryTypes.Function, "function"));
    }
}
