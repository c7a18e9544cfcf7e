using Glue.Guest.Native;
using Glue.Guest.Runtime;
using Glue.Guest.Telemetry;

namespace Glue.Guest.Extensions;

/// <summary>The end of a sandbox whose extensions want to know of it: first the runtime, then SHUTDOWN for them, and one limit for all.</summary>
/// <remarks>Lambda Developer Guide, "Understanding the Lambda execution environment lifecycle", shutdown phase (read 2026-11).</remarks>
internal sealed class Ending(RuntimeProcess runtime, ExtensionSet extensions, TelemetryHub hub)
{
    // The runtime's part of the time, from SIGTERM to SIGKILL.
    private const long RuntimeNs = 300_000_000;

    private string _reason = "";
    private long _runtimeDeadline;
    private long _deadline;
    private long _tellBy;
    private bool _isRuntimeGone;
    private bool _isTold;

    public bool HasBegun => _deadline != 0;

    /// <summary>When something is due; monotonic nanoseconds.</summary>
    public long Next => _isTold ? _deadline : _isRuntimeGone ? _tellBy : _runtimeDeadline;

    /// <param name="reason">As extensions are told it: <c>spindown</c>, <c>timeout</c> or <c>failure</c>.</param>
    /// <param name="isRuntimeGone">False: it may take its part of the time.</param>
    /// <returns>False: nobody wants to be told.</returns>
    public bool Begin(string reason, bool isRuntimeGone)
    {
        if (!extensions.WantShutdown)
        {
            return false;
        }

        var now = Clock.Monotonic;
        _reason = reason;
        hub.Hurry();
        _tellBy = now + (extensions.ShutdownTimeoutMs * 500_000L);
        _deadline = now + (extensions.ShutdownTimeoutMs * 1_000_000L);
        _runtimeDeadline = isRuntimeGone ? now : now + RuntimeNs;
        runtime.Terminate();
        return true;
    }

    /// <summary>Does what is due. False: it is over.</summary>
    public bool GoOn(long now)
    {
        if (!_isRuntimeGone && (runtime.HasExited || now >= _runtimeDeadline))
        {
            _isRuntimeGone = true;
            runtime.KillSession();
            hub.Hurry();
        }

        // Whoever subscribed has heard everything before it hears of the end, if it listens at all.
        if (_isRuntimeGone && !_isTold && (hub.IsDone || now >= _tellBy))
        {
            _isTold = true;
            extensions.Tell(ExtensionEvents.Shutdown, ExtensionReplies.Shutdown(_reason, Clock.UnixMs + ((_deadline - now) / 1_000_000)));
        }

        return now < _deadline && extensions.WantShutdown;
    }
}
