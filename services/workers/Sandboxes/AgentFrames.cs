using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Glue.Contracts.Channel;
using Glue.Workers.Channels;
using Glue.Workers.Logs;

namespace Glue.Workers.Sandboxes;

/// <summary>Reads an agent's frames: checks their form, puts long answers together, and tells what they say.</summary>
internal sealed class AgentFrames(IAgentEvents events) : IFrameHandler
{
    private ArrayBufferWriter<byte>? _parts;

    public void Handle(in FrameHeader header, ReadOnlySpan<byte> payload)
    {
        switch (header.Type)
        {
            case FrameType.Log when header.Stream is > 0 and <= SandboxLog.MaxOutputs && payload.Length <= ChannelProtocol.MaxStreamData:
                events.Wrote(header.Stream, payload);
                break;
            case FrameType.ResultData:
                Gather(payload, isFirst: header.Stream == 1);
                break;
            case FrameType.Result when payload.Length >= ResultMessage.FixedSize:
                Finish(ResultMessage.Read(payload), payload[ResultMessage.FixedSize..], isWhole: header.Stream == 1);
                break;
            case FrameType.ResponseStart when payload.Length <= ChannelProtocol.MaxContentType:
                events.ResponseBegan(header.Stream, Encoding.UTF8.GetString(payload));
                break;
            case FrameType.ResponseData:
                events.ResponseGrew(header.Stream, payload);
                break;
            case FrameType.Ready when payload.Length == sizeof(uint):
                events.Polled(Micros(payload), answersInternalEvents: header.Stream == InternalEvents.Answered);
                break;
            case FrameType.SnapshotPoint when payload.Length == sizeof(uint):
                events.ReachedSnapshotPoint(Micros(payload));
                break;
            case FrameType.Extension when payload.Length > 0:
                var lines = Encoding.UTF8.GetString(payload).Split('\n');
                events.ExtensionIsReady(lines[0], lines[1..]);
                break;
            case FrameType.Hello when payload.Length == sizeof(uint):
                events.Greeted(BinaryPrimitives.ReadUInt32LittleEndian(payload));
                break;
            case FrameType.Over when payload.IsEmpty:
                events.SaidAll();
                break;
            case FrameType.Fault:
                throw new ChannelException("agent fault: " + Encoding.UTF8.GetString(payload));
            case >= FrameType.StreamOpen and <= FrameType.StreamCredit:
                events.StreamMoved(header, payload);
                break;
            default:
                throw new ChannelException($"an unexpected frame of type {(int)header.Type} with {payload.Length} bytes");
        }
    }

    public void Settle() => events.Settle();

    private static TimeSpan Micros(ReadOnlySpan<byte> payload) => TimeSpan.FromMicroseconds(BinaryPrimitives.ReadUInt32LittleEndian(payload));

    private void Gather(ReadOnlySpan<byte> part, bool isFirst)
    {
        if (isFirst)
        {
            _parts = new ArrayBufferWriter<byte>(part.Length);
        }

        if (_parts is null || _parts.WrittenCount + part.Length > ChannelProtocol.MaxResultBytes)
        {
            throw new ChannelException("an answer without a beginning or without an end");
        }

        _parts.Write(part);
    }

    private void Finish(in ResultMessage message, ReadOnlySpan<byte> rest, bool isWhole)
    {
        if (message.ErrorTypeLength > rest.Length || !Enum.IsDefined(message.Kind))
        {
            throw new ChannelException("a result that cannot be read");
        }

        var errorType = Encoding.UTF8.GetString(rest[..message.ErrorTypeLength]);
        rest = rest[message.ErrorTypeLength..];
        var parts = isWhole ? null : _parts;
        _parts = null;
        events.Finished(message, errorType, parts is null ? rest.ToArray() : [.. parts.WrittenSpan, .. rest]);
    }
}
