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
    private const int MaxHead = 32 * 1024;

    // Of replies that nobody reads, before no more requests are; an event may be larger, and is alone.
    private const int MaxOutput = 64 * 1024;

    // A runtime that polls in the middle of an answer has nearly always left that; one that has not waits so long for its refusal.
    private const int HangUpPatienceMs = 100;

    private readonly ChannelLink _channel;
    private readonly Invocation _invocation;
    private readonly ExtensionSet _extensions;
    private readonly ExtensionCalls _extensionCalls;
    private readonly ApiConnections _connections;
    private readonly StreamedAnswer _streamed;
    private readonly ComingAnswer _answer;
    private readonly ParkedPoll _parked = new();

    public ApiServer(ChannelLink channel, Poll poll, Invocation invocation, ExtensionSet extensions, ExtensionApi extensionApi)
    {
        _channel = channel;
        (_invocation, _extensions) = (invocation, extensions);
        _extensionCalls = new ExtensionCalls(extensionApi, extensions, invocation);
        _connections = new ApiConnections(poll);
        _streamed = new StreamedAnswer(channel);
        _answer = new ComingAnswer(channel, _streamed);
    }

    public void Accept() => _connections.Accept();

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
        foreach (var connection in _connections.All)
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
        if (_answer.Paused is { } connection)
        {
            GoOn(connection);
        }
    }

    /// <summary>Hands the event over if it is complete and somebody polls.</summary>
    public void Deliver()
    {
        if (_invocation.CanDeliver && _parked.Take(Operation.Next) is { } connection)
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
        if (_parked.Take(Operation.RestoreNext) is { } connection)
        {
            connection.Output.Append(Responses.Restored);
            connection.Flush();
        }
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
        request.Refusal = head.Operation != Operation.Next ? RequestRules.Judge(head, _invocation, _streamed) : MayPoll() ? null : Refusal.WrongState;
        if (request.Refusal is null && request.Operation is not (Operation.Next or Operation.RestoreNext) && request.Extension is null
            && !_answer.TryBegin(connection, head.ContentType))
        {
            request.Refusal = Refusal.WrongState;
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

    private bool MayPoll()
    {
        if (_invocation.MayPoll)
        {
            return true;
        }

        // A runtime that left a streamed answer midway and polls anew: this poll may be read before what still lies there, or while nothing there is read
        // because the answer's reader holds it up. What can be taken is; what cannot never gets its end. Only then the kernel is asked whether it has left:
        // what was not read may have kept the other end from saying so.
        if (_answer.Unfinished is { } left)
        {
            while (left is { Request.IsAnswering: true, IsPaused: false } && left.Receive())
            {
                Process(left);
            }

            if (left.Request.IsAnswering && left.HasHungUp(HangUpPatienceMs))
            {
                left.Close();
            }
        }

        return _invocation.MayPoll || _answer.WasCutOff;
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
        }
        else
        {
            _answer.Take(request, data);
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
            _extensionCalls.Finish(connection, asked);
            return;
        }

        if (request.IsStreamed || data.Length > ChannelProtocol.MaxPayload - ResultMessage.FixedSize - ApiRequest.MaxErrorType
            || request.BodyTaken + data.Length > ChannelProtocol.MaxResultBytes)
        {
            _answer.Take(request, data);
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
            _invocation.Answer(RequestRules.KindOf(request.Operation), request.ErrorType, data, isWhole: request.BodyTaken == 0);
            connection.Output.Append(Responses.Accepted);
        }

        connection.Input.Consume(used);
        _answer.End(request);
        if (!request.KeepAlive && connection.Flush())
        {
            connection.Close();
        }
    }

    private void Park(ApiConnection connection)
    {
        _parked.Park(connection);
        if (connection.Request.Operation == Operation.RestoreNext)
        {
            connection.Flush(); // an answer may have come before it, and nothing will follow for long
            _invocation.WaitsForRestore();
            return;
        }

        if (_answer.WasCutOff)
        {
            _streamed.End();
            _invocation.Answer(ResultKind.Error, "Runtime.TruncatedResponse"u8, ComingAnswer.CutOffDocument, isWhole: true);
        }

        _invocation.Polled(connection.Request.AnswersInternalEvents);
        Deliver();
    }
}
