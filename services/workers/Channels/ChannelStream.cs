using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.IO.Pipelines;
using Glue.Contracts.Channel;

namespace Glue.Workers.Channels;

/// <summary>
/// One storage connection, as a pair of pipes for the gateway. Credits bound both directions: what the function sends waits in the
/// pipe until the gateway reads it, what the gateway writes waits until the function takes it.
/// </summary>
internal sealed class ChannelStream : IDuplexPipe
{
    private readonly int _number;
    private readonly ChannelWriter _writer;
    private readonly Action<int> _ended;
    private readonly Pipe _received = new(new PipeOptions(
        pauseWriterThreshold: 0, minimumSegmentSize: ChannelProtocol.MaxStreamData, useSynchronizationContext: false));

    private readonly Pipe _sending = new(new PipeOptions(
        pauseWriterThreshold: ChannelProtocol.InitialCredit, resumeWriterThreshold: ChannelProtocol.InitialCredit / 2,
        minimumSegmentSize: ChannelProtocol.MaxStreamData, useSynchronizationContext: false));

    private readonly Lock _lock = new();
    private int _credit = ChannelProtocol.InitialCredit; // bytes we may send
    private readonly CreditReturn _creditReturn; // of what the function may send
    private bool _hasReceivedEof;
    private bool _isGatewayReading = true;
    private bool _hasSentEof;
    private bool _isClosed;
    private TaskCompletionSource? _waitsForCredit;

    public ChannelStream(int number, ChannelWriter writer, Action<int> ended)
    {
        _number = number;
        _writer = writer;
        _ended = ended;
        _creditReturn = new CreditReturn(number, FrameType.StreamCredit, writer);
        Input = new CreditingReader(_received.Reader, Consumed, StoppedReading);
    }

    public PipeReader Input { get; }

    public PipeWriter Output => _sending.Writer;

    public void Start() => _ = SendLoopAsync(); // ends with the stream and handles its own failures

    /// <exception cref="ChannelException">More than the credit that was given.</exception>
    public void Receive(ReadOnlySpan<byte> data)
    {
        lock (_lock)
        {
            _creditReturn.Take(data.Length);
            if (_hasReceivedEof)
            {
                throw new ChannelException($"{data.Length} bytes on stream {_number} after its end");
            }

            if (!_isGatewayReading || _isClosed)
            {
                return;
            }

            _received.Writer.Write(data);
            var flush = _received.Writer.FlushAsync(); // the gateway goes on elsewhere: readers are scheduled, not run here
            Debug.Assert(flush.IsCompleted, "credits are the bound, not the pipe");
        }
    }

    public void ReceiveEof()
    {
        lock (_lock)
        {
            _hasReceivedEof = true;
            _received.Writer.Complete();
        }

        EndIfOver();
    }

    /// <exception cref="ChannelException">Credit for bytes that were never sent.</exception>
    public void ReceiveCredit(uint credit)
    {
        lock (_lock)
        {
            if (credit > ChannelProtocol.InitialCredit - (uint)_credit)
            {
                throw new ChannelException($"credit of {credit} bytes on stream {_number} that were never sent");
            }

            _credit += (int)credit;
        }

        Wake();
    }

    /// <summary>The other side is gone: the gateway's next read or write says so.</summary>
    public void Abort(Exception reason) => Close(reason, tell: false);

    private async Task SendLoopAsync()
    {
        var frame = ArrayPool<byte>.Shared.Rent(FrameHeader.Size + ChannelProtocol.MaxStreamData);
        var reader = _sending.Reader;
        Exception? failure = null;
        try
        {
            while (!_isClosed)
            {
                var result = await reader.ReadAsync();
                var buffer = result.Buffer;
                while (buffer.Length > 0 && !_isClosed)
                {
                    var size = TakeCredit(buffer.Length);
                    if (size == 0)
                    {
                        await CreditAsync();
                        continue;
                    }

                    buffer.Slice(0, size).CopyTo(frame.AsSpan(FrameHeader.Size));
                    Send(frame, FrameType.StreamData, size);
                    buffer = buffer.Slice(size);
                }

                reader.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted && buffer.Length == 0)
                {
                    break;
                }
            }
        }
        catch (Exception e) // the gateway completed its side with any error of its own
        {
            failure = e;
        }

        ArrayPool<byte>.Shared.Return(frame);
        if (failure is null && !_isClosed)
        {
            Send(new byte[FrameHeader.Size], FrameType.StreamEof, 0);
            _hasSentEof = true;
            EndIfOver();
        }
        else
        {
            // The function must not take what it got for the whole.
            failure ??= new IOException("The function closed the connection.");
            Close(failure, tell: true);
        }

        await reader.CompleteAsync(failure);
    }

    private int TakeCredit(long wanted)
    {
        lock (_lock)
        {
            var size = (int)Math.Min(Math.Min(wanted, ChannelProtocol.MaxStreamData), _credit);
            _credit -= size;
            return size;
        }
    }

    private Task CreditAsync()
    {
        lock (_lock)
        {
            if (_credit > 0 || _isClosed)
            {
                return Task.CompletedTask;
            }

            _waitsForCredit ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _waitsForCredit.Task;
        }
    }

    private void Consumed(int count)
    {
        lock (_lock)
        {
            if (!_isClosed && !_hasReceivedEof)
            {
                _creditReturn.Return(count);
            }
        }
    }

    private void StoppedReading()
    {
        lock (_lock)
        {
            _isGatewayReading = false;
        }

        EndIfOver();
    }

    /// <summary>Both ends of stream close a stream on both sides by themselves; a gateway that reads no more must say so.</summary>
    private void EndIfOver()
    {
        bool tell;
        lock (_lock)
        {
            if (!_hasSentEof || (!_hasReceivedEof && _isGatewayReading))
            {
                return;
            }

            tell = !_hasReceivedEof;
        }

        Close(reason: null, tell);
    }

    private void Close(Exception? reason, bool tell)
    {
        lock (_lock)
        {
            if (_isClosed)
            {
                return;
            }

            _isClosed = true;
            if (reason is not null)
            {
                _received.Writer.Complete(reason);
            }
        }

        _ended(_number);
        if (tell)
        {
            Send(new byte[FrameHeader.Size], FrameType.StreamClose, 0);
        }

        if (reason is not null)
        {
            _sending.Reader.CancelPendingRead();
        }

        Wake();
    }

    private void Wake()
    {
        TaskCompletionSource? waits;
        lock (_lock)
        {
            waits = _waitsForCredit;
            _waitsForCredit = null;
        }

        waits?.TrySetResult();
    }

    private void Send(byte[] frame, FrameType type, int length)
    {
        new FrameHeader(length, type, _number).Write(frame);
        _writer.Send(frame.AsSpan(0, FrameHeader.Size + length));
    }
}
