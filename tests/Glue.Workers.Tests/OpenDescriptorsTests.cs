using System.Net.Sockets;
using Glue.Workers.Drivers.Process;

namespace Glue.Workers.Tests;

public sealed class OpenDescriptorsTests
{
    [Fact]
    public void What_nobody_took_over_is_closed_and_what_was_taken_over_is_not()
    {
        int ours;
        using (var open = new OpenDescriptors())
        {
            (ours, _) = open.Add(Native.SocketPair());
            open.Release(ours);
        }

        // The other end is closed: its reader is told so, without a byte.
        using var socket = new Socket(new SafeSocketHandle(ours, ownsHandle: true));
        Assert.Equal(0, socket.Receive(new byte[1]));
    }
}
