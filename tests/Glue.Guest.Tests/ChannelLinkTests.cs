using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.Tests;

public class ChannelLinkTests
{
    /// <summary>Streams that stop for lack of room wait for the relief and for nothing else: without it they would stand still for ever.</summary>
    [Fact]
    public void Congestion_that_a_single_flush_ends_still_gives_relief()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        using var takesAll = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write, options: FileOptions.DeleteOnClose);
        var link = new ChannelLink((int)takesAll.DangerousGetHandle(), new Poll());
        while (!link.IsCongested)
        {
            link.Send(FrameType.Log, 1, new byte[ChannelProtocol.MaxStreamData]);
        }

        Assert.True(link.Flush());
        Assert.False(link.IsCongested);
        Assert.True(link.TakeRelief());
        Assert.False(link.TakeRelief());
    }
}
