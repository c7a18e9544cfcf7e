using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Extensions;
using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>
/// The Lambda Runtime API (2018-06-01) on the sandbox's loopback: hands events to whoever polls <c>next</c> and passes answers on to
/// the worker while they are still arriving. Requests may be pipelined: a runtime that writes its answer and its next poll
/// together saves a round trip, and gets both replies together.
/// </summary>
internal sealed class ApiServer
{
    private const int MaxConnections = 32;
    private const int MaxHead = 32 * 1024;

    // Of replies that nobody reads, before no more requests are; an event may be larger, and is alone.
    private const int MaxOutput = 64 * 1024;

    private readonly ChannelLink _channel;
    private readonly Invocation _invocation;
    private readonly ExtensionApi _extensionApi;
    private readonly ExtensionSet _extensions;
    private readonly ApiConnection[] _connections = new ApiConnection[MaxConnections];
    private readonly int _listener;
    private readonly StreamedAnswer _streamed;
    private ApiConnection? _parked;
    private ApiConnection? _answering;

    public ApiServer(ChannelLink channel, Poll poll, Invocation invocation, ExtensionSet extensions, ExtensionApi extensionApi)
    {
        _channel = channel;
        (_invocation, _extensions, _extensionApi) = (invocation, extensions, extensionApi);
        _streamed = new StreamedAnswer(channel);
        for (var i = 0; i < MaxConnections; i++)
        {
            _connections[i] = new ApiConnection(i, poll);
        }

        _listener = Loopback.Listen(ChannelProtocol.RuntimeApiPort, MaxConnections);
        poll.Add(_listener, Libc.EPOLLIN, Source.ApiListener);
    }

    /// <summary>The connection that brought a streamed answer is gone before its end. Who exits or hangs is told otherwise; who polls did neither.</summary>
    private bool WasCutOff => _streamed.IsOpen && _answering is not { Request.IsAnswering: true };

    private static ReadOnlySpan<byte> CutOffDocument =>
        "{\"errorType\":\"Runtime.TruncatedResponse\",\"errorMessage\":\"The runtime closed its connection before the end of the response it streamed.\"}"u8;

    public void Accept()
    {
        var fd = Loopback.Accept(_listener);
        if (fd < 0)
        {
            return;
        }

        foreach (var connection in _connections)
        {
            if (!connection.IsOpen)
            {
                connection.Open(fd);
                return;
            }
        }

        Libc.close(fd); // no runtime holds 32 connections; the next one that is needed can still come
    }

    /// <summary>A connection can be read or written.</summary>
    public void Serve(int index, uint events)
    {
        var connection = _connections[index];
        if (!connection.IsOpen || ((events & Libc.EPOLLOUT) != 0 && !connection.Flush()))
        {
            return;
        }

        if (_channel.IsCongested)
        {
            connection.Pause();
        }
        else if (connection.IsPaused)
        {
            GoOn(connection); // what it was paused for may be over
        }
        else if ((events & ~Libc.EPOLLOUT) != 0 && connection.Receive())
        {
            Process(connection);
        }
    }

    /// <summary>The channel has room again: go on with what was left lying.</summary>
    public void Resume()
    {
        foreach (var connection in _connections)
        {
            if (connection.IsPaused)
            {
                GoOn(connection);
            }
        }
    }

    /// <summary>The worker has room for more of a streamed answer.</summary>
    public void GiveCredit(int answer, int bytes)
    {
        _streamed.GiveCredit(answer, bytes);
        if (_answering is { IsPaused: true } connection)
        {
            GoOn(connection);
        }
    }

    /// <summary>Hands the event over if it is complete and somebody polls.</summary>
    public void Deliver()
    {
        if (_invocation.CanDeliver && TakeParked(Operation.Next) is { } connection)
        {
            if (_extensions.IsAny && !_invocation.IsInternal)
            {
                _extensions.Tell(ExtensionEvents.Invoke, ExtensionReplies.Invoke(_invocation));
            }

            EventReply.Write(connection, _invocation);
            _invocation.Delivered();
            _streamed.Forget();
        }
    }

    /// <summary>Tells the runtime that waits at <c>restore/next</c> that it has been restored.</summary>
    public void AnswerRestore()
    {
        if (TakeParked(Operation.RestoreNext) is { } connection)
        {
            connection.Output.Append(Responses.Restored);
            connection.Flush();
        }
    }

    private ApiConnection? TakeParked(Operation operation)
    {
        // A connection that was closed, and perhaps opened anew, is no longer parked for that.
        if (_parked is not { State: ApiConnection.Stage.Parked } connection || connection.Request.Operation != operation)
        {
            return null;
        }

        _parked = null;
        connection.Unpark();
        return connection;
    }

    private void GoOn(ApiConnection connection)
    {
        connection.Continue();
        Process(connection);
    }

    private void Process(ApiConnection connection)
    {
        while (connection.IsOpen && HasRoom(connection) && connection.State switch
        {
            ApiConnection.Stage.Head => ReadHead(connection),
            ApiConnection.Stage.Body => ReadBody(connection),
            _ => false,
        })
        {
        }

        // A reply that is followed by a parked poll leaves together with the event.
        if (connection.IsOpen && connection.State != ApiConnection.Stage.Parked)
        {
            connection.Flush();
        }

        // Nothing that a runtime sends may pile up here: what it sends behind its poll, and requests whose replies it does not read, wait with it.
        if (connection.IsOpen && (connection.Output.Count > MaxOutput || (connection.State == ApiConnection.Stage.Parked && connection.Input.Count > MaxHead)))
        {
            connection.Pause();
        }
    }

    private static bool HasRoom(ApiConnection connection) =>
        connection.Output.Count <= MaxOutput || (connection.Flush() && connection.Output.Count <= MaxOutput);

    private bool ReadHead(ApiConnection connection)
    {
        var input = connection.Input.Bytes;
        var length = input.IndexOf("\r\n\r\n"u8);
        if (length < 0 && input.Length <= MaxHead)
        {
            return false;
        }

        if (length < 0 || !RequestHead.TryParse(input[..length], out var head))
        {
            connection.Output.Append(Responses.Of(Refusal.BadRequest));
            if (connection.Flush())
            {
                connection.Close();
            }

            return false;
        }

        var request = connection.Request;
        request.Begin(head);
        request.Refusal = Judge(head);
        if (request.Refusal is null && request.Operation is not (Operation.Next or Operation.RestoreNext) && request.Extension is null)
        {
            if (_answering is { Request.IsAnswering: true })
            {
                request.Refusal = Refusal.WrongState;
            }
            else
            {
                _answering = connection;
                request.IsAnswering = true;
                if (request.IsStreamed)
                {
                    _streamed.Begin(head.ContentType);
                }
            }
        }

        if (head.ExpectsContinue)
        {
            connection.Output.Append(Responses.Continue);
            connection.Flush();
        }

        if (connection.IsOpen)
        {
            connection.Input.Consume(length + 4);
            connection.State = ApiConnection.Stage.Body;
        }

        return connection.IsOpen;
    }

    private Refusal? Judge(in RequestHead head) => head.Operation switch
    {
        Operation.Unknown => Refusal.UnknownPath,
        >= Operation.ExtensionRegister => null,
        // As Lambda, which has these paths only in environments of the type snap-start (its Runtime Interface Emulator, read 2026-11).
        Operation.RestoreNext or Operation.RestoreError when !_invocation.IsOfTemplate => Refusal.UnknownPath,
        Operation.MethodNotAllowed => Refusal.MethodNotAllowed,
        Operation.Next => MayPoll() ? null : Refusal.WrongState,
        Operation.InitError => _invocation.IsInitialising ? null : Refusal.WrongState,
        Operation.RestoreNext => _invocation.MayWaitForRestore ? null : Refusal.WrongState,
        Operation.RestoreError => _invocation.IsRestoring ? null : Refusal.WrongState,
        _ when !_invocation.IsCurrent(head.RequestId) => Refusal.UnknownRequestId,
        Operation.Response when _streamed.HasBegun => Refusal.WrongState,
        _ when head.IsStreamed => null,
        _ => head.ContentLength > ChannelProtocol.MaxResultBytes ? Refusal.TooLarge : null,
    };

    private bool MayPoll()
    {
        if (_invocation.MayPoll)
        {
            return true;
        }

        // A runtime that left a streamed answer midway and polls anew: this poll may be read before what still lies there, or while nothing there is read
        // because the answer's reader holds it up. What can be taken is; what cannot never gets its end.
        if (_streamed.IsOpen && _answering is { Request.IsAnswering: true } left && left.HasHungUp())
        {
            while (left is { Request.IsAnswering: true, IsPaused: false } && left.Receive())
            {
                Process(left);
            }

            if (left.Request.IsAnswering)
            {
                left.Close();
            }
        }

        return _invocation.MayPoll || WasCutOff;
    }

    /// <returns>False: more must arrive first, or the channel is congested.</returns>
    private bool ReadBody(ApiConnection connection)
    {
        var request = connection.Request;
        while (!_channel.IsCongested)
        {
            var input = connection.Input.Bytes;
            if (request is { IsStreamed: true, Refusal: null })
            {
                if (_streamed.Credit == 0)
                {
                    break;
                }

                input = input[..Math.Min(input.Length, _streamed.Credit)]; // no more can come out of it
            }

            var used = request.ReadBody(input, out var data, out var isLast);
            if (used < 0)
            {
                connection.Close();
                return false;
            }

            if (isLast)
            {
                Finish(connection, data, used);
                return connection.IsOpen;
            }

            Take(request, data);
            connection.Input.Consume(used);
            if (connection.Input.Count == 0)
            {
                return false;
            }
        }

        connection.Pause();
        return false;
    }

    private void Take(ApiRequest request, ReadOnlySpan<byte> data)
    {
        if (request.Extension is { } extension)
        {
            extension.Gather(data);
            return;
        }

        if (request.Refusal is null && request.BodyTaken + data.Length > request.MaxBodyBytes)
        {
            request.Refusal = request.IsStreamed ? Refusal.StreamTooLarge : Refusal.TooLarge;
        }

        if (request.Refusal is not null || !request.IsAnswering)
        {
            return;
        }

        if (request.IsStreamed)
        {
            _streamed.Send(data);
            request.BodyTaken += data.Length;
            return;
        }

        while (data.Length > 0)
        {
            var part = data[..Math.Min(data.Length, ChannelProtocol.MaxPayload)];
            _channel.Send(FrameType.ResultData, request.BodyTaken == 0 ? 1 : 0, part);
            request.BodyTaken += part.Length;
            data = data[part.Length..];
        }
    }

    /// <summary>A request is complete: act, and reply.</summary>
    private void Finish(ApiConnection connection, ReadOnlySpan<byte> data, int used)
    {
        var request = connection.Request;
        connection.State = ApiConnection.Stage.Head;
        if (request.Extension is { } asked)
        {
            asked.Gather(data);
            connection.Input.Consume(used);
            Finish(connection, asked);
            return;
        }

        if (request.IsStreamed || data.Length > ChannelProtocol.MaxPayload - ResultMessage.FixedSize - ApiRequest.MaxErrorType
            || request.BodyTaken + data.Length > ChannelProtocol.MaxResultBytes)
        {
            Take(request, data);
            data = default;
        }

        if (request.Refusal is { } refusal)
        {
            connection.Output.Append(Responses.Of(refusal));
            if (refusal is Refusal.TooLarge or Refusal.StreamTooLarge)
            {
                _invocation.Answer(ResultKind.TooLarge, default, default, isWhole: true);
            }
        }
        else if (request.Operation is Operation.Next or Operation.RestoreNext)
        {
            connection.Input.Consume(used);
            Park(connection);
            return;
        }
        else if (request.IsStreamed)
        {
            var kind = request.Trailers.TryRead(out var errorType, out var document) ? ResultKind.Error : ResultKind.Response;
            _invocation.Answer(kind, errorType, document, isWhole: true);
            connection.Output.Append(Responses.Accepted);
        }
        else
        {
            _invocation.Answer(KindOf(request.Operation), request.ErrorType, data, isWhole: request.BodyTaken == 0);
            connection.Output.Append(Responses.Accepted);
        }

        connection.Input.Consume(used);
        if (request.IsAnswering)
        {
            request.IsAnswering = false;
            _streamed.End();
        }

        if (!request.KeepAlive && connection.Flush())
        {
            connection.Close();
        }
    }

    private void Finish(ApiConnection connection, ExtensionRequest asked)
    {
        if (_extensionApi.Serve(connection, asked))
        {
            connection.State = ApiConnection.Stage.Parked;
            connection.Flush(); // an answer may have come before it, and nothing may follow for long
            var extension = _extensions.WithIdentifier(asked.Identifier)!;
            if (extension.Missed is { } missed)
            {
                extension.Missed = null;
                ExtensionReplies.Event(extension, missed);
            }
            else
            {
                _invocation.RestIfDone();
            }
        }
        else if (!connection.Request.KeepAlive && connection.Flush())
        {
            connection.Close();
        }
    }

    private static ResultKind KindOf(Operation operation) => operation switch
    {
        Operation.Response => ResultKind.Response,
        Operation.Error => ResultKind.Error,
        Operation.RestoreError => ResultKind.RestoreError,
        _ => ResultKind.InitError,
    };

    private void Park(ApiConnection connection)
    {
        // A client that gave up waiting and came again: the older poll is dead, whatever its socket says.
        if (_parked is { State: ApiConnection.Stage.Parked } former && former != connection)
        {
            former.Close();
        }

        connection.State = ApiConnection.Stage.Parked;
        _parked = connection;
        if (connection.Request.Operation == Operation.RestoreNext)
        {
            connection.Flush(); // an answer may have come before it, and nothing will follow for long
            _invocation.WaitsForRestore();
            return;
        }

        if (WasCutOff)
        {
            _streamed.End();
            _invocation.Answer(ResultKind.Error, "Runtime.TruncatedResponse"u8, CutOffDocument, isWhole: true);
        }

        _invocation.Polled(connection.Request.AnswersInternalEvents);
        Deliver();
    }
}
