using System.Buffers;
using System.Diagnostics;
using System.IO.Pipelines;
using Glue.Contracts.Channel;
using Glue.Contracts.Invocations;
using Glue.Workers.Channels;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// One answer that the runtime streams. It goes to whoever asked for streams, at that reader's pace (one that has left takes everything:
/// the function is not to wait for nobody); for any other it is put together, up to the limit of an answer.
/// </summary>
internal sealed class StreamedResponse
{
    private readonly Lock _lock = new();
    private readonly int _number;
    private readonly CreditReturn _credit;
    private readonly ArrayBufferWriter<byte>? _whole;
    private readonly PipeWriter? _toReader;
    private bool _hasReader;
    private bool _isOver;
    private bool _isTooLarge;

    /// <param name="number">As the agent counts answers.</param>
    /// <param name="contentType">As the runtime said.</param>
    /// <param name="writer">Takes the credit.</param>
    /// <param name="streams">Takes the answer; null: it is put together.</param>
    public StreamedResponse(int number, string contentType, ChannelWriter writer, Action<StreamedBody>? streams)
    {
        _number = number;
        _credit = new CreditReturn(number, FrameType.ResponseCredit, writer);
        if (streams is null)
        {
            _whole = new ArrayBufferWriter<byte>();
            return;
        }

        // Readers are scheduled, not run by the channel's reader.
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0, minimumSegmentSize: ChannelProtocol.MaxStreamData, useSynchronizationContext: false));
        _toReader = pipe.Writer;
        _hasReader = true;
        streams(new StreamedBody(contentType, new CreditingReader(pipe.Reader, WasRead, ReaderLeft).AsStream()));
    }

    /// <summary>What was put together; nothing of what went to a reader.</summary>
    public byte[] Whole => _whole?.WrittenSpan.ToArray() ?? [];

    /// <exception cref="ChannelException">Not of this answer, or more than the credit that was given.</exception>
    public void Receive(int number, ReadOnlySpan<byte> data)
    {
        if (number != _number)
        {
            throw new ChannelException($"bytes of answer {number} within answer {_number}");
        }

        lock (_lock)
        {
            _credit.Take(data.Length);
            if (_hasReader)
            {
                _toReader!.Write(data);
                var flush = _toReader!.FlushAsync();
                Debug.Assert(flush.IsCompleted, "credits are the bound, not the pipe");
                return;
            }

            _isTooLarge |= _whole is not null && _whole.WrittenCount + data.Length > ChannelProtocol.MaxResultBytes;
            if (_whole is not null && !_isTooLarge)
            {
                _whole.Write(data);
            }

            _credit.Return(data.Length);
        }
    }

    /// <summary>Null: the answer had a size that may be.</summary>
    public FunctionFailure? TooLarge(ResultKind kind) => kind == ResultKind.TooLarge || (_isTooLarge && kind == ResultKind.Response)
        ? Failures.TooLarge(_isTooLarge ? ChannelProtocol.MaxResultBytes : ChannelProtocol.MaxStreamedBytes)
        : null;

    /// <summary>No more comes.</summary>
    public void End()
    {
        lock (_lock)
        {
            _isOver = true;
            _toReader?.Complete();
        }
    }

    private void WasRead(int count)
    {
        lock (_lock)
        {
            if (!_isOver)
            {
                _credit.Return(count);
            }
        }
    }

    private void ReaderLeft()
    {
        lock (_lock)
        {
            _hasReader = false;
            if (!_isOver)
            {
                _credit.ReturnAll();
            }
        }
    }
}
