using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Channels;
using Glue.Workers.Logs;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// One execution environment from boot to end, whatever its driver: keeps the state, and turns what the agent tells into outcomes.
/// Runs one invocation at a time; the pool decides which.
/// </summary>
internal sealed partial class Sandbox
{
    // Beyond what the extensions may take: for the agent to say so.
    private static readonly TimeSpan EndingSlack = TimeSpan.FromSeconds(3);

    private static readonly byte[] ShutdownFrame = MakeShutdownFrame();

    private readonly ISandboxHost _host;
    private readonly SandboxContext _context;
    private readonly Lock _lock = new();
    private readonly StartProgress _start = new();
    private readonly AttemptSlot _attempts;
    private readonly PhaseLimit _limit;
    private readonly TaskCompletionSource _gone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _created;
    private SandboxIdentity _identity;
    private readonly SandboxLog _log;
    private IRunningSandbox? _running;
    private ChannelWriter? _writer;
    private StreamTable? _streams;
    private Action? _closePort;
    private long _stateSince;
    private string? _killedFor;
    private bool _becameReady;
    private SandboxPurpose _purpose;
    private bool _hasExtensions;
    private ITimer? _ending;
    private bool _hasRun;

    public Sandbox(string id, FunctionVersion version, ISandboxHost host, SandboxContext context)
    {
        Id = id;
        Version = version;
        _host = host;
        _context = context;
        _identity = new SandboxIdentity(id, version);
        _stateSince = _created = context.Time.GetTimestamp();
        var stream = $"{context.Time.GetUtcNow():yyyy/MM/dd}/[{version.Version}]{id}";
        _log = new SandboxLog(version, stream, context.Logs, context.Time);
        _attempts = new AttemptSlot(id, version, _log, context);
        _limit = new PhaseLimit(context.Time, EndUnanswered);
        _log.StartTail(); // should init fail, its log belongs to the invocation that asked for it
    }

    public string Id { get; }

    public FunctionVersion Version { get; }

    public SandboxState State { get; private set; }

    /// <summary>Since it was begun.</summary>
    public TimeSpan Age => _context.Time.GetElapsedTime(_created);

    /// <summary>It has answered and is about to poll again: soon it can serve whoever waits.</summary>
    public bool IsReturning => State == SandboxState.Busy && _attempts.IsEmpty;

    /// <summary>Of a template: its runtime waits at <c>restore/next</c>, and takes no event before it is restored.</summary>
    public bool IsAtSnapshotPoint { get; private set; }

    /// <summary>Its runtime knows <see cref="InternalEvents"/>.</summary>
    public bool AnswersInternalEvents { get; private set; }

    /// <summary>Done when nothing of it is left.</summary>
    public Task Gone => _gone.Task;

    /// <summary>Boots, starts the runtime and returns once it polls, or why it does not.</summary>
    public async Task<SandboxStarted> StartAsync(SandboxSpec spec, RuntimeCommand command)
    {
        var time = _context.Time;
        var begun = time.GetTimestamp();
        using var activity = WorkersTracing.Source.StartActivity(WorkersTracing.Start);
        activity?.SetTag("runtime", Version.Runtime);
        _start.Trace(activity);
        try
        {
            _running = await _context.Driver.StartAsync(spec, CancellationToken.None);
        }
        catch (SandboxStartException e)
        {
            Log.SandboxNotStarted(_context.Logger, Id, Version.Arn, e);
            Abandon(null, e.Message);
            return new SandboxStarted(null, e.Message);
        }

        _attempts.IsOfTemplate = spec.IsTemplate;
        _identity = new SandboxIdentity(Id, Version, spec.IsTemplate);
        _purpose = spec.Purpose;
        _hasExtensions = command.Extensions.Count > 0;
        _log.WriteBegin(_running.StartKind == SandboxStart.FunctionSnapshot, SandboxEnvironment.InitialisationOf(spec.Purpose), command.Runtime);
        _writer = new ChannelWriter(_running.Channel);
        _streams = new StreamTable(_writer, _context.Gateway, _identity);
        _ = ReadAsync(_running);
        EndIfKilledMeanwhile(_running);
        using (time.CreateTimer(
            static state => ((Sandbox)state!).CheckBoot(), this, _context.Options.BootTimeout, Timeout.InfiniteTimeSpan))
        {
            _writer.Send(InitFrame.Compose(Version, command, _running, spec.Purpose, _log.Stream, IssueKeys(), _context.Options));
            var started = await _start.Result;
            _start.Trace(null);
            activity?.SetTag("start", _running.StartKind);
            if (started.IsReady)
            {
                var duration = time.GetElapsedTime(begun);
                _context.Metrics.ColdStarted(duration, Version.Runtime);
                Log.SandboxReady(_context.Logger, Id, Version.Arn, duration.TotalMilliseconds, _start.InitDuration.TotalMilliseconds);
            }

            return started;
        }
    }

    /// <summary>Runs one attempt; the caller alone must have the sandbox. False: it has just ended, and nothing was run.</summary>
    public bool TryRun(InvokeRequest request, TimeSpan startDuration, [NotNullWhen(true)] out Task<InvokeOutcome>? outcome)
    {
        outcome = null;
        bool wasFrozen;
        var start = _hasRun ? SandboxStart.Warm : _running!.StartKind;
        var initDuration = _hasRun ? TimeSpan.Zero : _start.InitDuration;
        var attempt = new Attempt(request, startDuration, start, initDuration, _context.Time.GetTimestamp(), _identity.Usage);
        lock (_lock)
        {
            if (State != SandboxState.Ready || IsAtSnapshotPoint)
            {
                return false;
            }

            _attempts.Put(attempt);
            _identity.CurrentLineageDepth = request.LineageDepth;
            _identity.CurrentStore = request.Store;
            if (_hasRun && request.WantsLogTail)
            {
                _log.StartTail();
            }

            _hasRun = true;
            if (!_attempts.IsOfTemplate)
            {
                _log.WriteStart(request.RequestId);
            }

            SetState(SandboxState.Busy);
            _limit.Begin(Version.Timeout + _context.Options.AgentGrace);
            wasFrozen = _running!.Wake();
        }

        if (wasFrozen)
        {
            SetTime(_context.Time.GetUtcNow(), isRestored: false);
        }

        InvokeFrames.Send(_writer!, Version, request);
        outcome = attempt.Outcome;
        return true;
    }

    /// <summary>Tells a guest the time, and gives it new randomness.</summary>
    public void SetTime(DateTimeOffset time, bool isRestored) => _writer!.Send(ResumeMessage.Frame(time, isRestored));

    /// <summary>Of a template: see <see cref="IRunningSandbox.SaveAsync"/>. The snapshot is there when it is <see cref="Gone"/>.</summary>
    public Task SaveAsync(CancellationToken cancellationToken) => _running!.SaveAsync(cancellationToken);

    /// <summary>It will never be started: what it is for cannot run.</summary>
    /// <param name="failure">The function's fault: its invocations say so.</param>
    /// <param name="reason">Nobody's of theirs: the function's log says so.</param>
    public SandboxStarted Abandon(FunctionFailure? failure, string? reason = null)
    {
        if (reason is not null)
        {
            _log.WriteTrouble(reason);
        }

        SetState(SandboxState.Gone);
        _limit.Stop();
        _gone.TrySetResult();
        _host.IsGone(this);
        return new SandboxStarted(failure, null);
    }

    /// <summary>The outcome of the request whose cold start failed in the function's own init.</summary>
    public InvokeOutcome FailInit(InvokeRequest request, SandboxStarted started, TimeSpan startDuration)
    {
        var attempt = new Attempt(request, startDuration, _running?.StartKind ?? SandboxStart.Boot, TimeSpan.Zero, 0, _identity.Usage);
        return InvocationReport.OfFailedInit(attempt, started, _log.Stream, Id, Version, _context);
    }

    /// <summary>Ends it for want of use; an idle one with extensions lets them finish first.</summary>
    public void Retire(string reason)
    {
        var (isTold, wasFrozen) = (false, false);
        lock (_lock)
        {
            if (State == SandboxState.Ready && _hasExtensions)
            {
                _killedFor ??= reason;
                SetState(SandboxState.Draining);
                (isTold, wasFrozen) = (true, _running!.Wake());
                LimitEnding();
            }
        }

        if (!isTold)
        {
            Kill(reason);
            return;
        }

        if (wasFrozen)
        {
            SetTime(_context.Time.GetUtcNow(), isRestored: false);
        }

        _writer!.Send(ShutdownFrame);
    }

    /// <summary>Ends it. A running attempt, if any, fails with that reason.</summary>
    public void Kill(string reason)
    {
        lock (_lock)
        {
            if (State is SandboxState.Draining or SandboxState.Gone)
            {
                return;
            }

            _killedFor ??= reason;
            SetState(SandboxState.Draining);
        }

        _running?.Kill();
    }

    /// <summary>Whoever killed it while the driver was at work had nothing yet to end.</summary>
    private void EndIfKilledMeanwhile(IRunningSandbox running)
    {
        lock (_lock)
        {
            if (State is not (SandboxState.Draining or SandboxState.Gone))
            {
                return;
            }
        }

        running.Kill();
    }

    /// <summary>For its life, and the longest invocation that may still run at its end.</summary>
    private SessionKey? IssueKeys() => _attempts.IsOfTemplate ? null : _context.Keys.Issue(_identity, _context.Options.SandboxLifetime + TimeSpan.FromMinutes(20));

    /// <summary>What the agent lets its runtime take before the first poll.</summary>
    private TimeSpan StartLimit =>
        _running!.StartKind == SandboxStart.FunctionSnapshot ? _context.Options.RestoreTimeout : InitLimit.Of(Version, _purpose, _context.Options);

    /// <summary>The agent should have said long ago that time is up: it does not run any more, or its channel does not.</summary>
    private void EndUnanswered(TimeSpan limit)
    {
        if (State is SandboxState.Initialising or SandboxState.Busy)
        {
            Kill($"its agent has stopped answering: within {limit.TotalSeconds:0.#} s it ended neither the {(State == SandboxState.Busy ? "invocation" : "start")} nor its time");
        }
    }

    private void CheckBoot()
    {
        if (!_start.IsAgentUp)
        {
            Kill($"its agent did not answer within {_context.Options.BootTimeout.TotalSeconds:0.#} s");
        }
    }

    /// <summary>The agent ends with its extensions; should it not, the driver ends it.</summary>
    private void LimitEnding() => _ending = _context.Time.CreateTimer(static running => ((IRunningSandbox)running!).Kill(), _running, _context.Options.ShutdownTimeout + EndingSlack, Timeout.InfiniteTimeSpan);

    private async Task ReadAsync(IRunningSandbox running)
    {
        await Task.Yield();
        try
        {
            await new ChannelReader(running.Channel, new AgentFrames(this)).RunAsync();
        }
        catch (ChannelException e)
        {
            Log.Misbehaved(_context.Logger, Id, Version.Arn, e.Message);
            Kill($"it broke the channel's protocol: {e.Message}");
        }
        catch (Exception e)
        {
            Log.ReaderFailed(_context.Logger, Id, Version.Arn, e);
            Kill("the worker failed to read its channel");
        }

        await EndAsync(running);
    }

    private async Task EndAsync(IRunningSandbox running)
    {
        ((IAgentEvents)this).Settle();
        Attempt? attempt;
        string reason;
        lock (_lock)
        {
            attempt = _attempts.Take();
            if (State != SandboxState.Draining)
            {
                SetState(SandboxState.Draining);
            }

            reason = _killedFor ?? "it ended unexpectedly";
        }

        _limit.Stop();
        _ending?.Dispose();
        running.Kill();
        _streams!.AbortAll();
        _closePort?.Invoke();
        _log.Flush();
        var wasOutOfMemory = running.WasOutOfMemory();
        var complaints = running.ReadComplaints();
        if (attempt is not null)
        {
            var failure = wasOutOfMemory ? Failures.OutOfMemory(Version) : Failures.Ended(reason);
            var message = new ResultMessage { DurationMicros = attempt.ElapsedMicros(_context.Time) };
            _attempts.Settle(attempt, message, failure, []);
            ((IAgentEvents)this).Settle();
        }

        if (!_start.IsOver)
        {
            var notStarted = $"The sandbox could not start: {reason}.{(complaints.Length > 0 ? " It said: " + complaints : "")}";
            _log.WriteTrouble(notStarted);
            _start.Fail(new SandboxStarted(null, notStarted));
        }

        await running.DisposeAsync();
        lock (_lock)
        {
            SetState(SandboxState.Gone);
        }

        Log.SandboxEnded(_context.Logger, Id, Version.Arn, _killedFor is null && complaints.Length > 0 ? $"{reason}. It said: {complaints}" : reason);
        _gone.TrySetResult();
        _host.IsGone(this);
    }

    private static byte[] MakeShutdownFrame()
    {
        var frame = new byte[FrameHeader.Size];
        new FrameHeader(0, FrameType.Shutdown, 0).Write(frame);
        return frame;
    }

    private void SetState(SandboxState state)
    {
        var now = _context.Time.GetTimestamp();
        if (_context.Logger.IsEnabled(LogLevel.Debug))
        {
            Log.StateChanged(_context.Logger, Id, Version.Name, State, state, _context.Time.GetElapsedTime(_stateSince, now).TotalMilliseconds);
        }

        State = state;
        _stateSince = now;
    }
}
