using System.Buffers.Text;
using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>
/// The Lambda Runtime API (2018-06-01) on the sandbox's loopback: hands events to whoever polls <c>next</c> and passes answers on to
/// the worker while they are still arriving. Requests may be pipelined: a runtime that writes its answer and its next poll
/// together saves a round trip, and gets both replies together.
/// </summary>
internal sealed unsafe class ApiServer
{
    private const int MaxConnections = 32;
    private const int MaxHead = 32 * 1024;
    private const int ReadSize = 64 * 1024;

    private readonly ChannelLink _channel;
    private readonly Poll _poll;
    private readonly Invocation _invocation;
    private readonly ApiConnection[] _connections = new ApiConnection[MaxConnections];
    private readonly int _listener;
    private ApiConnection? _parked;
    private ApiConnection? _answering;

    public ApiServer(ChannelLink channel, Poll poll, Invocation invocation)
    {
        _channel = channel;
        _poll = poll;
        _invocation = invocation;
        for (var i = 0; i < MaxConnections; i++)
        {
            _connections[i] = new ApiConnection(i);
        }

        _listener = Loopback.Listen(ChannelProtocol.RuntimeApiPort, MaxConnections);
        poll.Add(_listener, Libc.EPOLLIN, Source.ApiListener);
    }

    public void Accept()
    {
        var fd = Loopback.Accept(_listener);
        if (fd < 0)
        {
            return;
        }

        foreach (var connection in _connections)
        {
            if (connection.Fd < 0)
            {
                connection.Fd = fd;
                SetInterest(connection, Libc.EPOLLIN);
                return;
            }
        }

        Libc.close(fd); // no runtime holds 32 connections; the next one that is needed can still come
    }

    /// <summary>A connection can be read or written.</summary>
    public void Serve(int index, uint events)
    {
        var connection = _connections[index];
        if (connection.Fd < 0 || ((events & Libc.EPOLLOUT) != 0 && !Flush(connection)))
        {
            return;
        }

        if ((events & ~Libc.EPOLLOUT) != 0 && !_channel.IsCongested)
        {
            Receive(connection);
        }
        else if (_channel.IsCongested)
        {
            SetInterest(connection, connection.Interest & ~Libc.EPOLLIN);
        }
    }

    /// <summary>The channel has room again: go on with what was left lying.</summary>
    public void Resume()
    {
        foreach (var connection in _connections)
        {
            if (connection.Fd >= 0 && (connection.Interest & Libc.EPOLLIN) == 0)
            {
                SetInterest(connection, connection.Interest | Libc.EPOLLIN);
                Process(connection);
            }
        }
    }

    /// <summary>Hands the event over if it is complete and somebody polls.</summary>
    public void Deliver()
    {
        if (_parked is not { } connection || !_invocation.CanDeliver)
        {
            return;
        }

        _parked = null;
        connection.State = ApiConnection.Stage.Head;
        var message = _invocation.Message;
        var texts = _invocation.Head + InvokeMessage.FixedSize;
        var output = connection.Output;
        output.Append("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: "u8);
        texts = AppendText(output, texts, message.RequestIdLength);
        output.Append("\r\nLambda-Runtime-Deadline-Ms: "u8);
        AppendNumber(output, Clock.UnixMs + message.TimeoutMs);
        output.Append("\r\nLambda-Runtime-Invoked-Function-Arn: "u8);
        texts = AppendText(output, texts, message.ArnLength);
        if (message.TraceIdLength > 0)
        {
            output.Append("\r\nLambda-Runtime-Trace-Id: "u8);
        }

        texts = AppendText(output, texts, message.TraceIdLength);
        if (message.ClientContextLength > 0)
        {
            output.Append("\r\nLambda-Runtime-Client-Context: "u8);
        }

        AppendText(output, texts, message.ClientContextLength);
        output.Append("\r\nContent-Length: "u8);
        AppendNumber(output, message.EventBytes);
        output.Append("\r\n\r\n"u8);

        var rest = WriteTogether(connection.Fd, output, new ReadOnlySpan<byte>(_invocation.Event, message.EventBytes));
        if (rest.Length > 0)
        {
            output.Append(rest);
        }

        _invocation.Delivered();
        Flush(connection);
    }

    /// <summary>Head and event in one call, the event from where it lies. Returns what of the event did not fit.</summary>
    private static ReadOnlySpan<byte> WriteTogether(int fd, NativeBuffer head, ReadOnlySpan<byte> body)
    {
        fixed (byte* pointer = body)
        {
            var parts = stackalloc Libc.IoVector[2];
            parts[0] = new Libc.IoVector { Base = head.Pointer, Length = head.Count };
            parts[1] = new Libc.IoVector { Base = pointer, Length = body.Length };
            var written = (int)Math.Max(0, Libc.writev(fd, parts, 2)); // an error shows again in Flush
            var ofHead = Math.Min(written, head.Count);
            head.Consume(ofHead);
            return body[(written - ofHead)..];
        }
    }

    private void Receive(ApiConnection connection)
    {
        var place = connection.Input.Reserve(connection.State == ApiConnection.Stage.Body ? ReadSize : 4096);
        var count = Libc.read(connection.Fd, place, connection.Input.Free);
        if (count > 0)
        {
            connection.Input.Commit((int)count);
            Process(connection);
        }
        else if (count == 0 || Libc.Errno is not (Libc.EAGAIN or Libc.EINTR))
        {
            Close(connection);
        }
    }

    private void Process(ApiConnection connection)
    {
        while (connection.Fd >= 0 && connection.State switch
        {
            ApiConnection.Stage.Head => ReadHead(connection),
            ApiConnection.Stage.Body => ReadBody(connection),
            _ => false,
        })
        {
        }

        // A reply that is followed by a parked poll leaves together with the event.
        if (connection.Fd >= 0 && connection.State != ApiConnection.Stage.Parked)
        {
            Flush(connection);
        }
    }

    private bool ReadHead(ApiConnection connection)
    {
        var input = connection.Input.Bytes;
        var length = input.IndexOf("\r\n\r\n"u8);
        if (length < 0)
        {
            if (input.Length > MaxHead)
            {
                Refuse(connection, Refusal.BadRequest);
                Flush(connection);
                Close(connection);
            }

            return false;
        }

        if (!RequestHead.TryParse(input[..length], out var head))
        {
            Refuse(connection, Refusal.BadRequest);
            Flush(connection);
            Close(connection);
            return false;
        }

        connection.Operation = head.Operation;
        connection.KeepAlive = head.KeepAlive;
        connection.IsChunked = head.IsChunked;
        connection.Chunks = default;
        connection.BodyLeft = head.ContentLength;
        connection.BodyTaken = 0;
        connection.ErrorTypeLength = Math.Min(head.ErrorType.Length, ApiConnection.MaxErrorType);
        head.ErrorType[..connection.ErrorTypeLength].CopyTo(connection.ErrorType);
        connection.Refusal = Judge(head);
        if (connection.Refusal is null && connection.Operation != Operation.Next)
        {
            if (_answering is not null)
            {
                connection.Refusal = Refusal.WrongState;
            }
            else
            {
                _answering = connection;
            }
        }

        if (head.ExpectsContinue)
        {
            connection.Output.Append(Responses.Continue);
            Flush(connection);
        }

        connection.Input.Consume(length + 4);
        connection.State = ApiConnection.Stage.Body;
        return connection.Fd >= 0;
    }

    private Refusal? Judge(in RequestHead head) => head.Operation switch
    {
        Operation.Unknown => Refusal.UnknownPath,
        Operation.MethodNotAllowed => Refusal.MethodNotAllowed,
        Operation.Next => _invocation.MayPoll ? null : Refusal.WrongState,
        Operation.InitError => _invocation.IsInitialising ? null : Refusal.WrongState,
        _ when !_invocation.IsCurrent(head.RequestId) => Refusal.UnknownRequestId,
        _ => head.ContentLength > ChannelProtocol.MaxResultBytes ? Refusal.TooLarge : null,
    };

    /// <returns>False: more must arrive first, or the channel is congested.</returns>
    private bool ReadBody(ApiConnection connection)
    {
        while (!_channel.IsCongested)
        {
            var input = connection.Input.Bytes;
            ReadOnlySpan<byte> data;
            int used;
            bool isLast;
            if (connection.IsChunked)
            {
                used = connection.Chunks.Read(input, out data);
                isLast = connection.Chunks.IsDone;
            }
            else
            {
                used = (int)Math.Min(connection.BodyLeft, input.Length);
                data = input[..used];
                connection.BodyLeft -= used;
                isLast = connection.BodyLeft == 0;
            }

            if (used < 0)
            {
                Close(connection);
                return false;
            }

            if (isLast)
            {
                Finish(connection, data);
                connection.Input.Consume(used);
                return connection.Fd >= 0;
            }

            Take(connection, data);
            connection.Input.Consume(used);
            if (used == input.Length)
            {
                return false;
            }
        }

        SetInterest(connection, connection.Interest & ~Libc.EPOLLIN);
        return false;
    }

    private void Take(ApiConnection connection, ReadOnlySpan<byte> data)
    {
        if (connection.Refusal is null && connection.BodyTaken + data.Length > ChannelProtocol.MaxResultBytes)
        {
            connection.Refusal = Refusal.TooLarge;
        }

        if (connection.Refusal is not null || connection.Operation == Operation.Next)
        {
            return;
        }

        while (data.Length > 0)
        {
            var part = data[..Math.Min(data.Length, ChannelProtocol.MaxPayload)];
            _channel.Send(FrameType.ResultData, connection.BodyTaken == 0 ? 1 : 0, part);
            connection.BodyTaken += part.Length;
            data = data[part.Length..];
        }
    }

    /// <summary>A request is complete: act, and reply.</summary>
    private void Finish(ApiConnection connection, ReadOnlySpan<byte> data)
    {
        connection.State = ApiConnection.Stage.Head;
        if (data.Length > ChannelProtocol.MaxPayload - ResultMessage.FixedSize - ApiConnection.MaxErrorType
            || connection.BodyTaken + data.Length > ChannelProtocol.MaxResultBytes)
        {
            Take(connection, data);
            data = default;
        }

        if (connection.Refusal is { } refusal)
        {
            Refuse(connection, refusal);
            if (refusal == Refusal.TooLarge)
            {
                _invocation.Answer(ResultKind.TooLarge, default, default, isWhole: true);
            }
        }
        else if (connection.Operation == Operation.Next)
        {
            Park(connection);
            return;
        }
        else
        {
            var kind = connection.Operation switch
            {
                Operation.Response => ResultKind.Response,
                Operation.Error => ResultKind.Error,
                _ => ResultKind.InitError,
            };
            _invocation.Answer(kind, connection.ErrorType.AsSpan(0, connection.ErrorTypeLength), data, isWhole: connection.BodyTaken == 0);
            connection.Output.Append(Responses.Accepted);
        }

        if (_answering == connection)
        {
            _answering = null;
        }

        if (!connection.KeepAlive)
        {
            Flush(connection);
            Close(connection);
        }
    }

    private void Park(ApiConnection connection)
    {
        // A client that gave up waiting and came again: the older poll is dead, whatever its socket says.
        if (_parked is { } former && former != connection)
        {
            Close(former);
        }

        connection.State = ApiConnection.Stage.Parked;
        _parked = connection;
        _invocation.Polled();
        Deliver();
    }

    private static void Refuse(ApiConnection connection, Refusal refusal) => connection.Output.Append(Responses.Of(refusal));

    /// <summary>Writes what is waiting, as far as the runtime takes it. False: the connection is closed.</summary>
    private bool Flush(ApiConnection connection)
    {
        var output = connection.Output;
        while (output.Count > 0)
        {
            var count = Libc.write(connection.Fd, output.Pointer, output.Count);
            if (count >= 0)
            {
                output.Consume((int)count);
            }
            else if (Libc.Errno == Libc.EAGAIN)
            {
                break;
            }
            else if (Libc.Errno != Libc.EINTR)
            {
                Close(connection);
                return false;
            }
        }

        SetInterest(connection, output.Count > 0 ? connection.Interest | Libc.EPOLLOUT : connection.Interest & ~Libc.EPOLLOUT);
        return true;
    }

    private void SetInterest(ApiConnection connection, uint interest)
    {
        if (connection.Interest == interest)
        {
            return;
        }

        // Without any interest a socket leaves the set: a hang-up would be reported turn after turn.
        if (connection.Interest == 0)
        {
            _poll.Add(connection.Fd, interest, Source.ApiConnection, connection.Index);
        }
        else if (interest == 0)
        {
            _poll.Remove(connection.Fd);
        }
        else
        {
            _poll.Change(connection.Fd, interest, Source.ApiConnection, connection.Index);
        }

        connection.Interest = interest;
    }

    private void Close(ApiConnection connection)
    {
        Libc.close(connection.Fd); // leaves the epoll set by itself
        connection.Reset();
        _parked = _parked == connection ? null : _parked;
        _answering = _answering == connection ? null : _answering;
    }

    private static byte* AppendText(NativeBuffer output, byte* text, int length)
    {
        output.Append(new ReadOnlySpan<byte>(text, length));
        return text + length;
    }

    private static void AppendNumber(NativeBuffer output, long number)
    {
        Utf8Formatter.TryFormat(number, new Span<byte>(output.Reserve(20), 20), out var length);
        output.Commit(length);
    }
}
