using Glue.Contracts.Channel;
using Glue.Guest.Channel;

namespace Glue.Guest.RuntimeApi;

/// <summary>
/// The answer that is passed on while the runtime still makes it. The worker's credit bounds it: who reads slowly slows the function, and
/// nothing piles up on the way.
/// </summary>
internal sealed class StreamedAnswer(ChannelLink channel)
{
    private int _number;

    /// <summary>The event in hand has been answered by a stream, or is being.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Its end has not come.</summary>
    public bool IsOpen { get; private set; }

    /// <summary>Bytes that may be sent now.</summary>
    public int Credit { get; private set; }

    /// <summary>There is a new event.</summary>
    public void Forget() => HasBegun = IsOpen = false;

    public void Begin(ReadOnlySpan<byte> contentType)
    {
        HasBegun = IsOpen = true;
        Credit = ChannelProtocol.InitialCredit;
        _number = (_number + 1) & 0xffff;
        channel.Send(FrameType.ResponseStart, _number, contentType[..Math.Min(contentType.Length, ChannelProtocol.MaxContentType)]);
    }

    /// <summary>No more than <see cref="Credit"/>.</summary>
    public void Send(ReadOnlySpan<byte> data)
    {
        Credit -= data.Length;
        while (data.Length > 0)
        {
            var part = data[..Math.Min(data.Length, ChannelProtocol.MaxStreamData)];
            channel.Send(FrameType.ResponseData, _number, part);
            data = data[part.Length..];
        }
    }

    /// <summary>The worker is done with so many bytes. What it says of a former answer is late, not wrong.</summary>
    public void GiveCredit(int number, int bytes)
    {
        if (IsOpen && number == _number)
        {
            Credit += bytes;
        }
    }

    public void End() => IsOpen = false;
}
