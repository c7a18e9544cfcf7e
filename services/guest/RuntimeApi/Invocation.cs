using Glue.Contracts.Channel;
using Glue.Guest.Channel;
using Glue.Guest.Native;
using Glue.Guest.Runtime;

namespace Glue.Guest.RuntimeApi;

/// <summary>
/// Where the runtime stands: initialising, idle, running an event, done with one but not yet polling again, and on the way into a
/// snapshot and out of it. Owns the event until it is delivered, and the deadline.
/// </summary>
internal sealed unsafe class Invocation(ChannelLink channel, RuntimeProcess runtime)
{
    private enum Phase : byte
    {
        Initialising,
        Idle,
        Running,
        Answered,
        AtSnapshotPoint,
        Restoring,
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

    /// <summary>When the running event, the init phase, or what follows a restore must be over; monotonic nanoseconds, 0 when nothing runs.</summary>
    public long Deadline { get; private set; }

    public bool IsInitialising => _phase == Phase.Initialising;

    /// <summary>It became, or is to become, a snapshot: <c>AWS_LAMBDA_INITIALIZATION_TYPE</c> is <c>snap-start</c>.</summary>
    public bool IsOfTemplate { get; private set; }

    public bool IsRestoring => _phase == Phase.Restoring;

    /// <summary>A poll is in order unless an event is in the runtime's hands, or it waits to be restored.</summary>
    public bool MayPoll => _phase is not (Phase.Running or Phase.AtSnapshotPoint);

    /// <summary>Once, instead of the first poll or instead of the next one.</summary>
    public bool MayWaitForRestore => !_isRestored && _phase is Phase.Initialising or Phase.Answered;

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
    }

    public bool IsCurrent(ReadOnlySpan<byte> requestId) =>
        _phase == Phase.Running && requestId.SequenceEqual(_requestId.AsSpan(0, _requestIdLength));

    /// <summary>The runtime polls.</summary>
    public void Polled(bool answersInternalEvents)
    {
        if (_phase is Phase.Initialising or Phase.Answered or Phase.Restoring)
        {
            channel.Send(FrameType.Ready, answersInternalEvents ? InternalEvents.Answered : 0, MicrosInPhase);
            _mustReap = true;
            Deadline = 0;
            _phase = Phase.Idle;
        }
    }

    /// <summary>The runtime asks for its restore: what follows is saved.</summary>
    public void WaitsForRestore()
    {
        channel.Send(FrameType.SnapshotPoint, 0, MicrosInPhase);
        runtime.Reap();
        Deadline = 0;
        _phase = Phase.AtSnapshotPoint;
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
    public void End(ResultKind kind, int status) => Send(kind, Clock.Monotonic - _phaseStart, status, default, default, isWhole: true);

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
