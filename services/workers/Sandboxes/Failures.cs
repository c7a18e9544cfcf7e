using System.Text;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;

namespace Glue.Workers.Sandboxes;

/// <summary>AWS's error types and messages for what can happen to a function.</summary>
/// <remarks>Texts as Lambda's invoke API and logs show them (read 2026-11); where Glue can say more, it adds the way out.</remarks>
internal static class Failures
{
    private const int Killed = 9;

    /// <summary>What AWS's runtimes report a failed hook as.</summary>
    private const string AfterRestoreError = "Runtime.AfterRestoreError";

    /// <summary>Null: the function answered.</summary>
    public static FunctionFailure? Of(in ResultMessage message, string errorType, byte[] document, FunctionVersion version, TimeSpan timeout, bool wasOutOfMemory) =>
        message.Kind switch
        {
            ResultKind.Response => null,
            ResultKind.Error => new FunctionFailure(errorType, null) { RuntimeDocument = document, PlatformErrorType = null },
            ResultKind.InitError => new FunctionFailure(errorType.Length > 0 ? errorType : "Runtime.Unknown", null) { RuntimeDocument = document },
            ResultKind.RestoreError => new FunctionFailure(errorType.Length > 0 ? errorType : AfterRestoreError, null) { RuntimeDocument = document },
            ResultKind.TimedOut => new FunctionFailure("Sandbox.Timedout", $"Task timed out after {timeout.TotalSeconds:0.00} seconds"),
            ResultKind.TooLarge => TooLarge(ChannelProtocol.MaxResultBytes),
            ResultKind.NotStarted => InvalidEntrypoint($"the runtime could not be started: {ErrnoText(message.ExitStatus)}"),
            ResultKind.OutOfMemory => OutOfMemory(version),
            ResultKind.ExtensionFailed => new FunctionFailure(
                errorType, errorType == "Extension.Crash" ? $"{Ending(message.ExitStatus)} (extension {Encoding.UTF8.GetString(document)})" : $"the extension {Encoding.UTF8.GetString(document)}"),
            _ when wasOutOfMemory && message.ExitStatus == Killed => OutOfMemory(version),
            _ => new FunctionFailure("Runtime.ExitError", ExitText(message.ExitStatus)),
        };

    /// <remarks>SnapStartTimeoutException of the Invoke API, for what a function does after its restore (Developer Guide, "runtime hooks", read 2026-11).</remarks>
    public static FunctionFailure RestoreTimedOut(TimeSpan limit) => new(
        "SnapStartTimeoutException", $"Restoring timed out: what the function does after a restore (runtime hooks) took more than {limit.TotalSeconds:0.##} seconds");

    public static FunctionFailure TooLarge(int limitBytes) => new(
        "Function.ResponseSizeTooLarge", $"Response payload size exceeded maximum allowed payload size ({limitBytes} bytes).") { NamesRequest = false };

    public static FunctionFailure OutOfMemory(FunctionVersion version) => new(
        "Runtime.OutOfMemory",
        $"Runtime exited with error: signal: killed (out of memory: the function has {version.MemoryMiB} MB; raise its MemorySize)");

    public static FunctionFailure InvalidEntrypoint(string why) => new("Runtime.InvalidEntrypoint", why);

    /// <summary>The sandbox went away under the invocation.</summary>
    public static FunctionFailure Ended(string reason) => new("Sandbox.Failure", $"The sandbox ended during the invocation: {reason}");

    private static string ExitText(int status) => status == 0 ? "Runtime exited without providing a reason" : $"Runtime exited with error: {Ending(status)}";

    private static string Ending(int status) => (status & 0x7f) is not 0 and var signal ? $"signal: {SignalText(signal)}" : $"exit status {(status >> 8) & 0xff}";

    /// <summary>As Go prints signals, which is what Lambda's messages show.</summary>
    private static string SignalText(int signal) => signal switch
    {
        3 => "quit",
        4 => "illegal instruction",
        6 => "aborted",
        7 => "bus error",
        8 => "floating point exception",
        Killed => "killed",
        11 => "segmentation fault",
        13 => "broken pipe",
        15 => "terminated",
        25 => "file size limit exceeded",
        31 => "bad system call",
        _ => signal.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };

    private static string ErrnoText(int errno) => errno switch
    {
        2 => "no such file, or the interpreter it names (first line, or dynamic loader) is not in the sandbox",
        8 => "it is neither a program for this machine nor a script with a #! line",
        13 => "permission denied",
        _ => $"errno {errno}",
    };
}
