using Glue.Workers.Sandboxes;

namespace Glue.Workers.Tests;

public sealed class TraceHeaderTests
{
    [Fact]
    public void A_traceparent_becomes_an_xray_header()
    {
        var header = TraceHeader.FromTraceParent("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");

        Assert.Equal("Root=1-4bf92f35-77b34da6a3ce929d0e0e4736;Parent=00f067aa0ba902b7;Sampled=1", header);
        Assert.Equal(TraceHeader.Length, header!.Length);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7")]
    [InlineData("00-4bf92f3577b34da6a3ce929d0e0e473\r-00f067aa0ba902b7-01")]
    public void Anything_else_gives_none(string? traceParent) => Assert.Null(TraceHeader.FromTraceParent(traceParent));
}
