using Glue.Contracts.Channel;
using Glue.Guest.Boot;
using Glue.Guest.Channel;
using Glue.Guest.Extensions;
using Glue.Guest.Native;
using Glue.Guest.Runtime;
using Glue.Guest.RuntimeApi;
using Glue.Guest.Storage;
using Glue.Guest.Telemetry;

namespace Glue.Guest;

/// <summary>
/// The loop. One thread, one epoll set, nothing allocated once it runs: an invocation costs two turns, one that carries the event to
/// the runtime and one that carries its answer to the worker.
/// </summary>
internal sealed unsafe class Agent
{
    // While an event runs: reap orphans and look at memory. Idle, the agent sleeps until something happens.
    private const long WatchMs = 50;

    private readonly Poll _poll = new();
    private readonly ChannelLink _channel;
    private readonly RuntimeProcess _runtime;
    private readonly ExtensionSet _extensions;
    private readonly Ending _ending;
    private readonly TelemetryHub _hub;
    private readonly Invocation _invocation;
    private readonly ApiServer _api;
    private readonly StoragePort? _storage;
    private readonly MicroVm? _guest;
    private byte[]? _heldInit;
    private long _nextWatch;

    /// <param name="channelFd">The channel, connected.</param>
    /// <param name="guest">What only an agent that is a microVM's PID 1 must do; null in a process sandbox.</param>
    public Agent(int channelFd, MicroVm? guest)
    {
        _guest = guest;
        _channel = new ChannelLink(channelFd, _poll);
        _hub = new TelemetryHub(_poll);
        var platform = new PlatformEvents(_hub);
        _runtime = new RuntimeProcess(_channel, _poll, _hub);
        _extensions = new ExtensionSet(_channel, _poll, _hub, platform);
        _runtime.OtherEnded = _extensions.Ended;
        _ending = new Ending(_runtime, _extensions, _hub);
        _invocation = new Invocation(_channel, _runtime, _extensions, platform);
        _channel.Start();
        _api = new ApiServer(_channel, _poll, _invocation, _extensions, new ExtensionApi(_extensions, _hub));
        _storage = guest is null ? null : new StoragePort(_channel, _poll);
    }

    /// <summary>Runs until the worker is gone or the sandbox is over.</summary>
    public void Run()
    {
        try
        {
            _channel.Send(FrameType.Hello, 0, ChannelProtocol.Version);
            var events = stackalloc Libc.EpollEvent[Poll.Capacity];
            while (_channel.Flush())
            {
                _invocation.CatchUp();
                if (_channel.TakeRelief())
                {
                    Resume(); // before the wait: whoever stopped for lack of room has nothing else that would wake us
                }
                else if (!Turn(events))
                {
                    break;
                }
            }
        }
        catch (Exception e) when (e is SystemCallException or InvalidDataException)
        {
            _channel.Send(FrameType.Fault, 0, System.Text.Encoding.UTF8.GetBytes(e.Message));
        }

        _runtime.KillAll();
        if (_guest is not null)
        {
            _channel.TakeLeave();
        }
        else
        {
            _channel.FlushAll(); // the socket keeps what its reader has not taken yet
        }
    }

    private bool Turn(Libc.EpollEvent* events)
    {
        var count = _poll.Wait(events, TimeoutMs());
        for (var i = 0; i < count; i++)
        {
            var source = (Source)(byte)events[i].Data;
            if (source == Source.Output)
            {
                ReadOutput((int)(events[i].Data >> 8));
            }
        }

        for (var i = 0; i < count; i++)
        {
            if (!Handle((Source)(byte)events[i].Data, (int)(events[i].Data >> 8), events[i].Events))
            {
                return false;
            }
        }

        if (_hub.HasSubscribers)
        {
            _hub.Send(Clock.Monotonic);
        }

        if (_extensions.IsAny && !GoOn())
        {
            return false;
        }

        return _invocation.Deadline == 0 || Watch(Clock.Monotonic);
    }

    /// <summary>What extensions ask for beside the ordinary. False: the sandbox is over.</summary>
    private bool GoOn()
    {
        if (_ending.HasBegun)
        {
            if (_ending.GoOn(Clock.Monotonic))
            {
                return true;
            }

            _runtime.KillAll();
            _extensions.DrainOutput();
            return false;
        }

        return _extensions.Failure is { } failure
            ? End(ResultKind.ExtensionFailed, failure.Status, System.Text.Encoding.UTF8.GetBytes(failure.Type), System.Text.Encoding.UTF8.GetBytes(failure.Text))
            : !_extensions.HaveRegistered || _heldInit is null || StartHeld();
    }

    private void ReadOutput(int stream)
    {
        if (stream <= 2)
        {
            _runtime.ReadOutput(stream);
        }
        else
        {
            _extensions.ReadOutput(stream);
        }
    }

    private void Resume()
    {
        _runtime.ResumeOutput();
        _extensions.ResumeOutput();
        _api.Resume();
        _storage?.Resume();
    }

    private bool Handle(Source source, int index, uint events)
    {
        switch (source)
        {
            case Source.Channel:
                return (events & ~Libc.EPOLLOUT) == 0 || ReadChannel();
            case Source.ApiConnection:
                _api.Serve(index, events);
                return true;
            case Source.ApiListener:
                _api.Accept();
                return true;
            case Source.Stream:
                _storage!.Serve(index, events);
                return true;
            case Source.StorageListener:
                _storage!.Accept();
                return true;
            case Source.RuntimeExit:
                _runtime.Reap();
                return !_runtime.HasExited || _ending.HasBegun || End(ResultKind.Exited, _runtime.ExitStatus);
            case Source.ExtensionExit:
                _runtime.Reap();
                return true; // what follows from it: GoOn
            case Source.Telemetry:
                _hub.Serve(index, Clock.Monotonic);
                return true;
            default:
                return true; // output, read already
        }
    }

    private bool ReadChannel()
    {
        if (!_channel.Receive())
        {
            return false;
        }

        while (_channel.TryTake(out var header, out var payload))
        {
            switch (header.Type)
            {
                case FrameType.Init when _guest is { HasFunction: true }:
                    Restored(payload, header.Length);
                    break;
                case FrameType.Init:
                    if (!Start(payload, header))
                    {
                        return false;
                    }

                    break;
                case FrameType.Invoke:
                    _invocation.Arrived(payload, header.Length);
                    _api.Deliver();
                    _invocation.Hold(header.Length);
                    break;
                case FrameType.InvokeData:
                    _invocation.ArrivedMore(payload, header.Length);
                    _api.Deliver();
                    break;
                case FrameType.ResponseCredit when header.Length == sizeof(uint):
                    _api.GiveCredit(header.Stream, *(int*)payload);
                    break;
                case >= FrameType.StreamData and <= FrameType.StreamCredit when _storage is not null:
                    _storage.Handle(header, payload);
                    break;
                case FrameType.Shutdown:
                    _invocation.Close();
                    if (!_ending.Begin("spindown", isRuntimeGone: false))
                    {
                        return false;
                    }

                    break;
                case FrameType.Resume when _guest is not null:
                    if (header.Stream == ResumeMessage.Restored)
                    {
                        _storage!.CloseAll(); // they led to the worker of another guest
                    }

                    Awakening.Apply(new ReadOnlySpan<byte>(payload, header.Length));
                    _channel.Send(FrameType.Hello, 0, ChannelProtocol.Version);
                    break;
                default:
                    throw new InvalidDataException($"the worker sent a frame of unknown type {(int)header.Type}");
            }
        }

        return true;
    }

    /// <summary>The runtime is here already, restored with everything else.</summary>
    private void Restored(byte* payload, int length)
    {
        var message = InitMessage.Read(new ReadOnlySpan<byte>(payload, length));
        if (_invocation.Restored(message.InitTimeoutMs))
        {
            _api.AnswerRestore();
        }
    }

    private bool Start(byte* payload, in FrameHeader header)
    {
        var message = InitMessage.Read(new ReadOnlySpan<byte>(payload, header.Length));
        var texts = new Texts(payload);
        texts.Next(); // its folder
        _guest?.MountFunction(texts.Next());
        _invocation.Initialising(Clock.Monotonic, message.InitTimeoutMs, isOfTemplate: header.Stream == InitMessage.Template);
        _extensions.Start(message, payload);
        if (!_extensions.IsAny)
        {
            return StartRuntime(message, payload);
        }

        _heldInit = new ReadOnlySpan<byte>(payload, header.Length).ToArray(); // until they have registered
        return true;
    }

    private bool StartHeld()
    {
        var init = _heldInit!;
        _heldInit = null;
        fixed (byte* payload = init)
        {
            return StartRuntime(InitMessage.Read(init), payload);
        }
    }

    private bool StartRuntime(in InitMessage message, byte* payload)
    {
        var errno = _runtime.Start(message, payload);
        return errno == 0 || End(ResultKind.NotStarted, errno);
    }

    /// <summary>Deadline and memory of what runs. False: the sandbox is over.</summary>
    private bool Watch(long now)
    {
        if (now >= _invocation.Deadline)
        {
            _runtime.MeasureMemory();
            return End(ResultKind.TimedOut, 0);
        }

        if (now < _nextWatch)
        {
            return true;
        }

        _nextWatch = now + (WatchMs * 1_000_000);
        _runtime.Reap();
        return _runtime.HasExited ? End(ResultKind.Exited, _runtime.ExitStatus)
            : _runtime.MeasureMemory() || End(ResultKind.OutOfMemory, 0);
    }

    /// <summary>Kills the runtime, sends what was still written and how it ended; extensions that want to know are told. False: that was all.</summary>
    private bool End(ResultKind kind, int status, ReadOnlySpan<byte> errorType = default, ReadOnlySpan<byte> data = default)
    {
        if (_extensions.WantShutdown)
        {
            _runtime.KillSession();
        }
        else
        {
            _runtime.KillAll();
            _extensions.DrainOutput();
        }

        _runtime.DrainOutput();
        if (kind == ResultKind.Exited && status == Libc.SIGKILL && _guest is not null && _guest.RanOutOfMemory())
        {
            kind = ResultKind.OutOfMemory;
        }

        _invocation.End(kind, status, errorType, data);
        return _ending.Begin(kind == ResultKind.TimedOut ? "timeout" : "failure", isRuntimeGone: true);
    }

    private int TimeoutMs()
    {
        var deadline = _ending.HasBegun ? _ending.Next : _invocation.Deadline;
        var due = _hub.HasSubscribers ? _hub.Due : 0;
        deadline = due > 0 && (deadline == 0 || due < deadline) ? due : deadline;
        if (deadline == 0)
        {
            return -1;
        }

        var left = (deadline - Clock.Monotonic + 999_999) / 1_000_000;
        return (int)Math.Clamp(left, 0, _invocation.Deadline > 0 || _ending.HasBegun ? WatchMs : int.MaxValue);
    }
}
