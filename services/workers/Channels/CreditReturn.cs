using System.Buffers.Binary;
using Glue.Contracts.Channel;

namespace Glue.Workers.Channels;

/// <summary>
/// What the other side of a stream may still send, and gives credit back for what has been used. In lumps: a frame per small read would
/// cost more than it tells. Its user locks.
/// </summary>
internal sealed class CreditReturn(int number, FrameType type, ChannelWriter writer)
{
    private const int Lump = ChannelProtocol.InitialCredit / 4;

    private int _granted = ChannelProtocol.InitialCredit;
    private int _used;

    /// <exception cref="ChannelException">More than the credit that was given.</exception>
    public void Take(int count)
    {
        _granted -= count;
        if (_granted < 0 || count > ChannelProtocol.MaxStreamData)
        {
            throw new ChannelException($"{count} bytes on stream {number} that it has no credit for");
        }
    }

    public void Return(int count)
    {
        _used += count;
        if (_used < Lump)
        {
            return;
        }

        Span<byte> frame = stackalloc byte[FrameHeader.Size + sizeof(uint)];
        BinaryPrimitives.WriteInt32LittleEndian(frame[FrameHeader.Size..], _used);
        new FrameHeader(sizeof(uint), type, number).Write(frame);
        _granted += _used;
        _used = 0;
        writer.Send(frame);
    }

    /// <summary>Everything that was taken has been used.</summary>
    public void ReturnAll() => Return(ChannelProtocol.InitialCredit - _granted - _used);
}
