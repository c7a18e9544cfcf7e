using System.Buffers;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Channels;

namespace Glue.Workers.Sandboxes;

/// <summary>Turns a request into frames: one for nearly all, more for large events.</summary>
internal static class InvokeFrames
{
    public static void Send(ChannelWriter writer, FunctionVersion version, InvokeRequest request)
    {
        var payload = request.Payload.Span;
        var clientContext = ClientContextHeader.Of(request.ClientContext);
        var frame = ArrayPool<byte>.Shared.Rent(Math.Min(payload.Length, ChannelProtocol.MaxPayload) + FrameHeader.Size + MaxHead(request, clientContext));
        var head = InvokeMessage.Write(
            frame.AsSpan(FrameHeader.Size),
            (uint)version.Timeout.TotalMilliseconds,
            payload.Length,
            request.RequestId,
            request.InvokedFunctionArn,
            TraceHeader.FromTraceParent(request.TraceParent),
            clientContext);
        var first = Math.Min(payload.Length, ChannelProtocol.MaxPayload - head);
        payload[..first].CopyTo(frame.AsSpan(FrameHeader.Size + head));
        new FrameHeader(head + first, FrameType.Invoke, 0).Write(frame);
        writer.Send(frame.AsSpan(0, FrameHeader.Size + head + first));
        for (payload = payload[first..]; payload.Length > 0;)
        {
            var length = Math.Min(payload.Length, ChannelProtocol.MaxPayload);
            payload[..length].CopyTo(frame.AsSpan(FrameHeader.Size));
            new FrameHeader(length, FrameType.InvokeData, 0).Write(frame);
            writer.Send(frame.AsSpan(0, FrameHeader.Size + length));
            payload = payload[length..];
        }

        ArrayPool<byte>.Shared.Return(frame);
    }

    private static int MaxHead(InvokeRequest request, string? clientContext) =>
        InvokeMessage.FixedSize + request.RequestId.Length + request.InvokedFunctionArn.Length + (clientContext?.Length ?? 0) + TraceHeader.Length;
}
