using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Logs;

namespace Glue.Workers.Sandboxes;

/// <summary>Closes an invocation: its last log lines, its figures, its outcome.</summary>
internal static class InvocationReport
{
    /// <param name="attempt">What was run.</param>
    /// <param name="log">Its sandbox's log, used by the caller alone.</param>
    /// <param name="sandboxId">Where.</param>
    /// <param name="version">Of what.</param>
    /// <param name="message">What the agent measured.</param>
    /// <param name="failure">Null: the function answered.</param>
    /// <param name="payload">The answer.</param>
    /// <param name="metrics">Counts it.</param>
    public static InvokeOutcome Close(
        Attempt attempt, SandboxLog log, string sandboxId, FunctionVersion version, in ResultMessage message, FunctionFailure? failure, byte[] payload, WorkersMetrics metrics)
    {
        var outcome = attempt.ToOutcome(sandboxId, message, failure, payload);
        log.WriteEnd(attempt.Request.RequestId, outcome, failure);
        metrics.Invoked(outcome, version.MemoryMiB);
        var tail = log.TakeTail();
        return attempt.Request.WantsLogTail ? outcome with { LogTail = tail } : outcome;
    }

    /// <summary>The same for a request whose cold start failed in the function's own init: it never reached the sandbox.</summary>
    public static InvokeOutcome OfFailedInit(
        Attempt attempt, SandboxStarted started, string logStream, string sandboxId, FunctionVersion version, SandboxContext context)
    {
        var message = new ResultMessage { DurationMicros = (uint)started.Duration.TotalMicroseconds, MaxRssKiB = started.MaxRssKiB };
        // A log of its own: the sandbox's belongs to its reader, which may still be ending it.
        var log = new SandboxLog(version, logStream, context.Logs, context.Time);
        log.StartTail();
        log.Remember(started.LogTail.Span);
        log.WriteStart(attempt.Request.RequestId);
        return Close(attempt, log, sandboxId, version, message, started.Failure, [], context.Metrics);
    }
}
