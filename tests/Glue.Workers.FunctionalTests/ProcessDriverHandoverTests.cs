using Glue.Workers.Channels;
using Glue.Workers.Drivers.Process;

namespace Glue.Workers.FunctionalTests;

/// <summary>What an agent could send instead of its storage port: none of it is taken, and nothing of it is kept.</summary>
public sealed class ProcessDriverHandoverTests
{
    private const string MissingPort = "the agent has handed over no storage port: publish services/guest again";
    private const string OtherThing = "what the agent has handed over is not its storage port";

    [Theory]
    [InlineData("way.close()", MissingPort)]
    [InlineData("way.send(b'x')", MissingPort)]
    [InlineData("socket.send_fds(way, [b'x'], [given.fileno(), given.fileno()])", MissingPort)]
    [InlineData("socket.send_fds(way, [b'x'], [given.fileno()])", OtherThing)]
    [InlineData("socket.send_fds(way, [b'x'], [os.open('/dev/null', os.O_RDWR)])", OtherThing)]
    [InlineData("socket.send_fds(way, [b'x'], [os.pipe()[1]])", OtherThing)]
    [InlineData("socket.send_fds(way, [b'x'], [socket.create_server(('127.0.0.1', 0)).detach()])", OtherThing)]
    [InlineData("socket.send_fds(way, [b'x'], [socket.socket(socket.AF_INET, socket.SOCK_DGRAM).detach()])", OtherThing)]
    [InlineData("socket.send_fds(way, [b'x'], [socket.socket(socket.AF_INET6, socket.SOCK_STREAM).detach()])", OtherThing)]
    public void Only_a_listening_socket_of_that_port_is_taken(string sends, string refusal)
    {
        // When everybody has closed what was given, its other end says so: then the program ends well.
        var pid = Start($"""
            import os, socket
            way = socket.socket(fileno=4)
            given, kept = socket.socketpair()
            {sends}
            given.close()
            os.write(1, b"sent")
            kept.settimeout(60)
            raise SystemExit(len(kept.recv(1)))
            """, out var handover, out var output);
        using var said = output;
        var sent = new byte[4];
        said.ReadExactly(sent);
        Assert.Equal("sent"u8, sent);

        using (handover)
        {
            Assert.Equal(refusal, Assert.Throws<ChannelException>(handover.Take).Message);
            Assert.Equal(MissingPort, Assert.Throws<ChannelException>(handover.Take).Message); // once, whatever comes later
        }

        _ = Native.Wait(pid, out var status, 0);
        Assert.Equal(0, status);
    }

    private static int Start(string program, out PortHandover handover, out FileStream output)
    {
        var (ours, theirs) = Native.SocketPair();
        var (read, write) = Native.Pipe();
        handover = new PortHandover(ours);
        output = new FileStream(new Microsoft.Win32.SafeHandles.SafeFileHandle(read, ownsHandle: true), FileAccess.Read, bufferSize: 0);
        try
        {
            return Native.Spawn(["/usr/bin/python3", "-c", program], theirs, theirs, write);
        }
        finally
        {
            _ = Native.Close(theirs);
            _ = Native.Close(write);
        }
    }
}
