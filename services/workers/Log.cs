using Glue.Workers.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Glue.Workers;

/// <summary>4000-4099: sandboxes and pool.</summary>
internal static partial class Log
{
    [LoggerMessage(4050, LogLevel.Information, "Snapshot of {FunctionArn} made in {Milliseconds:0} ms")]
    public static partial void SnapshotMade(ILogger logger, string functionArn, double milliseconds);

    [LoggerMessage(4051, LogLevel.Warning, "No snapshot of {FunctionArn}: {Reason}. Its sandboxes run their init each time")]
    public static partial void SnapshotNotMade(ILogger logger, string functionArn, string reason, Exception? exception);

    [LoggerMessage(4000, LogLevel.Debug, "Sandbox {SandboxId} of {FunctionName}: {From} to {To} after {Milliseconds:0.00} ms")]
    public static partial void StateChanged(
        ILogger logger, string sandboxId, string functionName, SandboxState from, SandboxState to, double milliseconds);

    [LoggerMessage(4001, LogLevel.Information, "Sandbox {SandboxId} of {FunctionArn} is ready: {Milliseconds:0.0} ms, {InitMilliseconds:0.0} ms of it init")]
    public static partial void SandboxReady(ILogger logger, string sandboxId, string functionArn, double milliseconds, double initMilliseconds);

    [LoggerMessage(4002, LogLevel.Information, "Sandbox {SandboxId} of {FunctionArn} ended: {Reason}")]
    public static partial void SandboxEnded(ILogger logger, string sandboxId, string functionArn, string reason);

    [LoggerMessage(4003, LogLevel.Error, "Sandbox {SandboxId} of {FunctionArn} could not be started")]
    public static partial void SandboxNotStarted(ILogger logger, string sandboxId, string functionArn, Exception exception);

    [LoggerMessage(4004, LogLevel.Warning, "Init of {FunctionArn} failed in sandbox {SandboxId}: {ErrorType}")]
    public static partial void InitFailed(ILogger logger, string sandboxId, string functionArn, string errorType);

    [LoggerMessage(4005, LogLevel.Warning, "Sandbox {SandboxId} of {FunctionArn} sent what it must not send, and was killed: {Fault}")]
    public static partial void Misbehaved(ILogger logger, string sandboxId, string functionArn, string fault);

    [LoggerMessage(4006, LogLevel.Error, "Reading the channel of sandbox {SandboxId} of {FunctionArn} failed; the sandbox was killed")]
    public static partial void ReaderFailed(ILogger logger, string sandboxId, string functionArn, Exception exception);

    [LoggerMessage(4007, LogLevel.Warning, "Driver {Driver}: {Finding}: {Text}")]
    public static partial void DriverFinding(ILogger logger, string driver, string finding, string text);

    [LoggerMessage(4008, LogLevel.Warning, "Something of sandbox {SandboxId} is left behind: {What}")]
    public static partial void LeftBehind(ILogger logger, string sandboxId, string what);

    [LoggerMessage(4009, LogLevel.Error, "Serving the storage port of sandbox {SandboxId} of {FunctionArn} failed; the sandbox was killed")]
    public static partial void PortFailed(ILogger logger, string sandboxId, string functionArn, Exception exception);
}
