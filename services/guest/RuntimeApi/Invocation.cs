using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Extensions;
using Glue.Guest.Native;
using Glue.Guest.Runtime;
using Glue.Guest.Telemetry;

namespace Glue.Guest.RuntimeApi;

/// <summary>
/// Where the runtime stands: initialising, idle, running an event, done with one but not yet polling again, and on the way into a
/// snapshot and out of it. Owns the event until it is delivered, and the deadline.
/// </summary>
internal sealed unsafe class Invocation(ChannelLink channel, RuntimeProcess runtime, ExtensionSet extensions, PlatformEvents platform)
{
    private enum Phase : byte
    {
        Initialising,
        Idle,
        Running,
        Answered,
        AtSnapshotPoint,
        Restoring,
        Over,
    }

    // Short invocations cannot change the peak much; they are measured once in so many. Only one that the agent has watched anyway
    // waits for it: the others report what was known, and are measured when their answer has left.
    private const long AlwaysMeasuredNs = 1_000_000, MeasuredFirstNs = 50_000_000;
    private const int MeasuredOnceIn = 64;

    private readonly NativeBuffer _held = new(16 * 1024);
    private readonly byte[] _requestId = new byte[128];
    private int _requestIdLength;
    private Phase _phase;
    private bool _hasEvent;
    private long _phaseStart;
    private int _unmeasured;
    private byte* _head;
    private int _missing;
    private bool _isRestored;
    private bool _mustMeasure;
    private bool _mustReap;
    private bool _polls;
    private bool _pollsForRestore;
    private bool _answersInternalEvents;
    private string _status = "success";
    private double _initMilliseconds;

    /// <summary>When the running event, the init phase, or what follows a restore must be over; monotonic nanoseconds, 0 when nothing runs.</summary>
    public long Deadline { get; private set; }

    public bool IsInitialising => _phase == Phase.Initialising;

    /// <summary>It became, or is to become, a snapshot: <c>AWS_LAMBDA_INITIALIZATION_TYPE</c> is <c>snap-start</c>.</summary>
    public bool IsOfTemplate { get; private set; }

    public bool IsRestoring => _phase == Phase.Restoring;

    /// <summary>A poll is in order unless an event is in the runtime's hands, or it waits to be restored.</summary>
    public bool MayPoll => _phase is not (Phase.Running or Phase.AtSnapshotPoint or Phase.Over);

    /// <summary>Once, instead of the first poll or instead of the next one.</summary>
    public bool MayWaitForRestore => !_isRestored && _phase is Phase.Initialising or Phase.Answered;

    /// <summary>The event is not the user's.</summary>
    public bool IsInternal => IsOfTemplate && _requestId.AsSpan(0, _requestIdLength).StartsWith("glue-"u8);

    public bool CanDeliver => _hasEvent && _missing == 0;

    public InvokeMessage Message { get; private set; }

    public byte* Head => _head;

    public byte* Event => _head + Message.HeadSize;

    public void Initialising(long started, uint timeoutMs, bool isOfTemplate)
    {
        IsOfTemplate = isOfTemplate;
        _phaseStart = started;
        Deadline = started + (timeoutMs * 1_000_000L);
    }

    /// <summary>An Invoke frame. The event stays where the frame lies if all of it is here, and is kept otherwise.</summary>
    public void Arrived(byte* payload, int length)
    {
        Message = InvokeMessage.Read(new ReadOnlySpan<byte>(payload, length));
        if (_phase != Phase.Idle || _hasEvent || Message.RequestIdLength > _requestId.Length || Message.HeadSize > length)
        {
            throw new InvalidDataException("the worker sent an event that does not fit the state");
        }

        _hasEvent = true;
        _head = payload;
        _missing = Message.HeadSize + Message.EventBytes - length;
        new ReadOnlySpan<byte>(payload + InvokeMessage.FixedSize, Message.RequestIdLength).CopyTo(_requestId);
        _requestIdLength = Message.RequestIdLength;
        Deadline = Clock.Monotonic + (Message.TimeoutMs * 1_000_000L);
    }

    public void ArrivedMore(byte* payload, int length)
    {
        if (!_hasEvent || length > _missing)
        {
            throw new InvalidDataException("the worker sent more of an event than it announced");
        }

        _held.Append(new ReadOnlySpan<byte>(payload, length));
        _head = _held.Pointer;
        _missing -= length;
    }

    /// <summary>Keeps an event that could not be delivered at once; the frame it came in is about to be overwritten.</summary>
    public void Hold(int length)
    {
        if (_hasEvent && _held.Count == 0)
        {
            _held.Reserve(length + _missing);
            _held.Append(new ReadOnlySpan<byte>(_head, length));
            _head = _held.Pointer;
        }
    }

    public void Delivered()
    {
        _hasEvent = false;
        _held.Clear();
        _phase = Phase.Running;
        _phaseStart = Clock.Monotonic;
        Deadline = _phaseStart + (Message.TimeoutMs * 1_000_000L);
        if (platform.IsOn && !IsInternal)
        {
            platform.Start(RequestId);
        }
    }

    public bool IsCurrent(ReadOnlySpan<byte> requestId) =>
        _phase == Phase.Running && requestId.SequenceEqual(_requestId.AsSpan(0, _requestIdLength));

    /// <summary>The runtime polls.</summary>
    public void Polled(bool answersInternalEvents)
    {
        (_polls, _answersInternalEvents) = (true, answersInternalEvents);
        InitialisedRuntime("success");
        RestIfDone();
    }

    /// <summary>The runtime asks for its restore: what follows is saved.</summary>
    public void WaitsForRestore()
    {
        _pollsForRestore = true;
        InitialisedRuntime("success");
        RestIfDone();
    }

    /// <summary>Runtime and extensions wait: the phase is over. Until then its deadline holds.</summary>
    public void RestIfDone()
    {
        if (_phase is not (Phase.Initialising or Phase.Answered or Phase.Restoring) || !(_polls || _pollsForRestore) || !extensions.AreWaiting)
        {
            return;
        }

        extensions.CloseRegistration();
        Report();
        if (_pollsForRestore)
        {
            channel.Send(FrameType.SnapshotPoint, 0, MicrosInPhase);
            runtime.Reap();
            _phase = Phase.AtSnapshotPoint;
        }
        else
        {
            channel.Send(FrameType.Ready, _answersInternalEvents ? InternalEvents.Answered : 0, MicrosInPhase);
            _mustReap = true;
            _phase = Phase.Idle;
        }

        Deadline = 0;
        _polls = _pollsForRestore = false;
    }

    /// <summary>This is a copy, and its worker did not see what came before. True: the runtime waits to be told.</summary>
    public bool Restored(uint timeoutMs)
    {
        _isRestored = true;
        switch (_phase)
        {
            case Phase.AtSnapshotPoint:
                _phase = Phase.Restoring;
                _phaseStart = Clock.Monotonic;
                Deadline = _phaseStart + (timeoutMs * 1_000_000L);
                return true;
            case Phase.Idle:
                channel.Send(FrameType.Ready, 0, 0u);
                if (platform.IsOn)
                {
                    platform.Restored(0);
                }

                return false;
            default:
                return false; // it was not saved in any other phase
        }
    }

    /// <summary>The runtime's answer is complete.</summary>
    public void Answer(ResultKind kind, ReadOnlySpan<byte> errorType, ReadOnlySpan<byte> data, bool isWhole)
    {
        var elapsed = Clock.Monotonic - _phaseStart;
        if (elapsed >= AlwaysMeasuredNs || ++_unmeasured >= MeasuredOnceIn)
        {
            _unmeasured = 0;
            _mustMeasure = true;
            if (elapsed >= MeasuredFirstNs)
            {
                _mustMeasure = false;
                runtime.MeasureMemory();
            }
        }

        if (platform.IsOn && !IsInternal && _phase == Phase.Running)
        {
            _status = kind == ResultKind.Response ? "success" : "error";
            platform.RuntimeDone(RequestId, _status, elapsed / 1e6, isWhole && data.Length > 0 ? data.Length : null);
        }

        Send(kind, elapsed, 0, errorType, data, isWhole);
        if (kind is not (ResultKind.InitError or ResultKind.RestoreError))
        {
            _phase = Phase.Answered; // the deadline stays: what runs after the answer runs on the invocation's time
        }
    }

    /// <summary>What nobody waits for: done when everything that was said has left.</summary>
    public void CatchUp()
    {
        if (_mustMeasure)
        {
            _mustMeasure = false;
            runtime.MeasureMemory();
        }

        if (_mustReap)
        {
            _mustReap = false;
            runtime.Reap();
        }
    }

    /// <summary>The sandbox ends without an answer.</summary>
    public void End(ResultKind kind, int status, ReadOnlySpan<byte> errorType = default, ReadOnlySpan<byte> data = default)
    {
        Send(kind, Clock.Monotonic - _phaseStart, status, errorType, data, isWhole: true);
        if (platform.IsOn)
        {
            _status = kind == ResultKind.TimedOut ? "timeout" : "failure";
            InitialisedRuntime(_status);
            if (_phase == Phase.Running)
            {
                platform.RuntimeDone(RequestId, _status, Milliseconds, null);
            }

            Report();
        }

        Close();
    }

    /// <summary>Nothing more is run, and nothing has a deadline.</summary>
    public void Close()
    {
        _phase = Phase.Over;
        Deadline = 0;
    }

    private string RequestId => System.Text.Encoding.ASCII.GetString(_requestId, 0, _requestIdLength);

    private double Milliseconds => MicrosInPhase / 1000.0;

    private void InitialisedRuntime(string status)
    {
        if (platform.IsOn && _phase == Phase.Initialising)
        {
            platform.InitRuntimeDone(status);
            _status = status;
        }
    }

    /// <summary>What extensions are told when a phase is over.</summary>
    private void Report()
    {
        if (!platform.IsOn)
        {
            return;
        }

        switch (_phase)
        {
            case Phase.Initialising:
                _initMilliseconds = Milliseconds;
                platform.InitReport(_status, _initMilliseconds);
                break;
            case Phase.Restoring:
                platform.Restored(Milliseconds);
                break;
            case Phase.Running or Phase.Answered when !IsInternal:
                platform.Report(RequestId, _status, Milliseconds, (runtime.MaxRssKiB + 1023) / 1024, _initMilliseconds);
                _initMilliseconds = 0;
                break;
            default:
                break;
        }
    }

    private uint MicrosInPhase => (uint)((Clock.Monotonic - _phaseStart) / 1000);

    private void Send(ResultKind kind, long elapsed, int status, ReadOnlySpan<byte> errorType, ReadOnlySpan<byte> data, bool isWhole)
    {
        var size = ResultMessage.FixedSize + errorType.Length + data.Length;
        var frame = channel.Begin(size);
        new ResultMessage
        {
            Kind = kind,
            DurationMicros = (uint)Math.Min(uint.MaxValue, elapsed / 1000),
            MaxRssKiB = runtime.MaxRssKiB,
            ExitStatus = status,
            ErrorTypeLength = (ushort)errorType.Length,
        }.Write(frame);
        errorType.CopyTo(frame[ResultMessage.FixedSize..]);
        data.CopyTo(frame[(ResultMessage.FixedSize + errorType.Length)..]);
        channel.End(FrameType.Result, isWhole ? 1 : 0, size);
    }
}
