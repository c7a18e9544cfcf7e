using Glue.Contracts.Channel;

namespace Glue.Workers.Channels;

/// <summary>Takes what a channel receives, always on the channel's one reader.</summary>
internal interface IFrameHandler
{
    /// <summary>One frame; the payload is valid during the call.</summary>
    /// <exception cref="ChannelException">The frame is not in order.</exception>
    void Handle(in FrameHeader header, ReadOnlySpan<byte> payload);

    /// <summary>All frames that had arrived are handled. The moment to wake whoever waits: nothing that is here already is overlooked.</summary>
    void Settle();
}
