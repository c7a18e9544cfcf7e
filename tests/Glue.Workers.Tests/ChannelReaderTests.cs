using System.Net.Sockets;
using Glue.Contracts.Channel;
using Glue.Workers.Channels;

namespace Glue.Workers.Tests;

public sealed class ChannelReaderTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(50_000)]
    public async Task Frames_arrive_whole_however_the_stream_is_cut(int step)
    {
        var (near, far) = await PairAsync();
        using var a = near;
        using var b = far;
        var seen = new Recorder();
        var reading = new ChannelReader(near, seen).RunAsync();

        byte[] bytes = [.. Frame(1, 3), .. Frame(2, ChannelProtocol.MaxPayload), .. Frame(3, 0), .. Frame(4, 20_000)];
        for (var at = 0; at < bytes.Length; at += step)
        {
            if (step == 1 && at == 100)
            {
                await far.SendAsync(bytes.AsMemory(at)); // the rest at once
                break;
            }

            await far.SendAsync(bytes.AsMemory(at, Math.Min(step, bytes.Length - at)));
        }

        far.Shutdown(SocketShutdown.Send);
        await reading;
        Assert.Equal([(1, 3), (2, ChannelProtocol.MaxPayload), (3, 0), (4, 20_000)], seen.Frames);
    }

    [Fact]
    public async Task A_frame_longer_than_allowed_is_refused_before_it_is_read()
    {
        var (near, far) = await PairAsync();
        using var a = near;
        using var b = far;
        var header = new byte[FrameHeader.Size];
        new FrameHeader(ChannelProtocol.MaxPayload + 1, FrameType.Log, 1).Write(header);
        await far.SendAsync(header);

        var refusal = await Assert.ThrowsAsync<ChannelException>(() => new ChannelReader(near, new Recorder()).RunAsync());
        Assert.Contains("65537 bytes, where 65536 are allowed", refusal.Message, StringComparison.Ordinal);
    }

    private static byte[] Frame(int stream, int length)
    {
        var frame = new byte[FrameHeader.Size + length];
        new FrameHeader(length, FrameType.Log, stream).Write(frame);
        frame.AsSpan(FrameHeader.Size).Fill((byte)stream);
        return frame;
    }

    private static async Task<(Socket Near, Socket Far)> PairAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        listener.Listen();
        var far = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await far.ConnectAsync(listener.LocalEndPoint!);
        return (await listener.AcceptAsync(), far);
    }

    private sealed class Recorder : IFrameHandler
    {
        public List<(int Stream, int Length)> Frames { get; } = [];

        public void Handle(in FrameHeader header, ReadOnlySpan<byte> payload)
        {
            Assert.Equal(-1, payload.IndexOfAnyExcept((byte)header.Stream));
            Frames.Add((header.Stream, payload.Length));
        }

        public void Settle()
        {
            // Nothing waits.
        }
    }
}
