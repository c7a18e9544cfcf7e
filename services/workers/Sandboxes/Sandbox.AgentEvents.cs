using System.Net.Sockets;
using Glue.Contracts.Channel;
using Glue.Contracts.Invocations;
using Glue.Workers.Channels;

namespace Glue.Workers.Sandboxes;

/// <summary>What the agent tells, always on the channel's reader: how the state moves on, and what comes of the invocation.</summary>
internal sealed partial class Sandbox : IAgentEvents
{
    void IAgentEvents.Greeted(uint protocol)
    {
        if (protocol != ChannelProtocol.Version)
        {
            throw new ChannelException($"the agent speaks protocol {protocol}, this worker {ChannelProtocol.Version}: publish services/guest again");
        }

        if (_running!.TakeStoragePort() is { } port)
        {
            var isOver = new CancellationTokenSource(); // never disposed: without a timer it holds nothing
            _closePort = isOver.Cancel;
            _ = ServeAsync(port, isOver.Token);
        }

        _start.AgentGreets();
        lock (_lock)
        {
            if (State == SandboxState.Booting)
            {
                SetState(SandboxState.Initialising);
                _limit.Begin(StartLimit + _context.Options.BootTimeout + _context.Options.AgentGrace);
            }
        }
    }

    void IAgentEvents.Polled(TimeSpan sinceStart, bool answersInternalEvents)
    {
        AnswersInternalEvents |= answersInternalEvents;
        Rest(sinceStart);
    }

    void IAgentEvents.ReachedSnapshotPoint(TimeSpan sinceStart)
    {
        if (!_attempts.IsOfTemplate)
        {
            throw new ChannelException("a request to be saved, of a sandbox that will not be");
        }

        IsAtSnapshotPoint = true;
        Rest(sinceStart);
    }

    void IAgentEvents.Wrote(int output, ReadOnlySpan<byte> bytes) => _log.Append(output, bytes);

    void IAgentEvents.ExtensionIsReady(string name, IReadOnlyList<string> events) => _log.WriteExtension(name, events);

    void IAgentEvents.StreamMoved(in FrameHeader header, ReadOnlySpan<byte> payload) => _streams!.Handle(header, payload);

    void IAgentEvents.ResponseBegan(int number, string contentType) => _attempts.BeginResponse(number, contentType, _writer!);

    void IAgentEvents.ResponseGrew(int number, ReadOnlySpan<byte> data) => _attempts.GrowResponse(number, data);

    void IAgentEvents.Finished(in ResultMessage message, string errorType, byte[] payload)
    {
        var isOver = message.Kind is not (ResultKind.Response or ResultKind.Error or ResultKind.TooLarge);
        Attempt? attempt;
        lock (_lock)
        {
            attempt = _attempts.Take();
            if (!isOver && (attempt is null || State != SandboxState.Busy))
            {
                throw new ChannelException($"a result in state {State}");
            }
        }

        var wasStarted = attempt is not null || _start.IsOver;
        var wasOutOfMemory = message.Kind == ResultKind.Exited && _running!.WasOutOfMemory();
        var response = attempt?.Response;
        var failure = response?.TooLarge(message.Kind) is { } tooLarge ? tooLarge
            : message.Kind == ResultKind.TimedOut && !wasStarted && _running!.StartKind == SandboxStart.FunctionSnapshot ? Failures.RestoreTimedOut(_context.Options.RestoreTimeout)
            : Failures.Of(message, errorType, payload, Version, wasStarted ? Version.Timeout : InitLimit.Of(Version, _purpose, _context.Options), wasOutOfMemory);
        if (attempt is not null)
        {
            _attempts.Settle(attempt, message, failure, response is not null && failure is null ? response.Whole : payload);
        }

        if (isOver)
        {
            EndEarly(failure, message);
        }
    }

    void IAgentEvents.SaidAll() => _running!.Kill();

    void IAgentEvents.Settle()
    {
        // The pool first: whoever calls again at once finds this sandbox, and does not start another.
        if (_becameReady)
        {
            _becameReady = false;
            _host.IsReady(this);
        }

        _attempts.Tell();
    }

    /// <summary>Ends with the sandbox.</summary>
    private async Task ServeAsync(Socket port, CancellationToken isOver)
    {
        try
        {
            await _context.Gateway.ServeAsync(port, _identity, isOver);
        }
        catch (Exception e)
        {
            Log.PortFailed(_context.Logger, Id, Version.Arn, e);
            Kill("the worker failed to serve its storage port");
        }
    }

    /// <summary>The runtime waits: for its next event, or to be saved.</summary>
    private void Rest(TimeSpan sinceStart)
    {
        lock (_lock)
        {
            if (State is SandboxState.Draining or SandboxState.Gone)
            {
                return;
            }

            if (!_attempts.IsEmpty || State is not (SandboxState.Initialising or SandboxState.Busy))
            {
                throw new ChannelException($"a poll in state {State}");
            }

            if (State == SandboxState.Initialising)
            {
                _start.RuntimePolls(sinceStart);
            }

            SetState(SandboxState.Ready);
            _limit.End();
            _running!.Rest(); // inside the lock: never after the Wake of whoever takes it next
        }

        _becameReady = true;
    }

    /// <summary>The agent said its last word: an init that failed, or the end of the runtime.</summary>
    private void EndEarly(FunctionFailure? failure, in ResultMessage message)
    {
        if (failure is not null && !_start.IsOver)
        {
            var duration = TimeSpan.FromMicroseconds(message.DurationMicros);
            _log.WriteFailedStart(_running!.StartKind == SandboxStart.FunctionSnapshot, SandboxEnvironment.InitialisationOf(_purpose), duration, failure.ErrorType);
            Log.InitFailed(_context.Logger, Id, Version.Arn, failure.ErrorType);
            _start.Fail(new SandboxStarted(failure, null)
            {
                Duration = duration,
                MaxRssKiB = message.MaxRssKiB,
                LogTail = _log.TakeTail(),
            });
        }

        var reason = failure?.ErrorType ?? "it ended";
        if (!_hasExtensions)
        {
            Kill(reason);
            return;
        }

        // Its extensions are told and finish; the agent ends the sandbox itself.
        lock (_lock)
        {
            _killedFor ??= reason;
            if (State is not (SandboxState.Draining or SandboxState.Gone))
            {
                SetState(SandboxState.Draining);
                LimitEnding();
            }
        }
    }
}
