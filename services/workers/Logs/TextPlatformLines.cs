using System.Globalization;
using System.Text;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Logs;

/// <summary>START, END and REPORT: LogFormat Text.</summary>
/// <remarks>Lambda Developer Guide, "Log and monitor … functions", text format; Status and Error Type as in current runtimes (read 2026-11).</remarks>
internal static class TextPlatformLines
{
    /// <param name="word"><c>INIT</c> or <c>RESTORE</c>.</param>
    /// <param name="runtime">Of the sandbox.</param>
    public static byte[] Begin(string word, RuntimeVersion runtime) =>
        Encoding.UTF8.GetBytes($"{word}_START Runtime Version: {runtime.Version}\tRuntime Version ARN: {runtime.Arn}");

    /// <param name="word"><c>INIT</c> or <c>RESTORE</c>.</param>
    /// <param name="duration">Until it ended.</param>
    /// <param name="errorType">Why it came to nothing.</param>
    public static byte[] FailedStart(string word, TimeSpan duration, string errorType) => Encoding.UTF8.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{word}_REPORT {(word == "INIT" ? "Init" : "Restore")} Duration: {duration.TotalMilliseconds:0.00} ms\tPhase: {word.ToLowerInvariant()}\tStatus: {(errorType is "Sandbox.Timedout" or "SnapStartTimeoutException" ? "timeout" : $"error\tError Type: {errorType}")}"));

    public static byte[] Start(string requestId, FunctionVersion version) =>
        Encoding.UTF8.GetBytes($"START RequestId: {requestId} Version: {version.Version}");

    public static byte[] Extension(string name, IReadOnlyList<string> events) =>
        Encoding.UTF8.GetBytes($"EXTENSION\tName: {name}\tState: Ready\tEvents: [{string.Join(", ", events)}]");

    public static byte[] End(string requestId) => Encoding.UTF8.GetBytes($"END RequestId: {requestId}");

    /// <param name="requestId">Of the invocation.</param>
    /// <param name="version">Whose memory size is told.</param>
    /// <param name="outcome">What is reported.</param>
    /// <param name="errorType">Told for outcomes in which the runtime did not answer.</param>
    public static byte[] Report(string requestId, FunctionVersion version, InvokeOutcome outcome, string? errorType)
    {
        var line = new StringBuilder(192).Append(
            CultureInfo.InvariantCulture,
            $"REPORT RequestId: {requestId}\tDuration: {outcome.Duration.TotalMilliseconds:0.00} ms\tBilled Duration: {outcome.BilledDuration.TotalMilliseconds:0} ms\tMemory Size: {version.MemoryMiB} MB\tMax Memory Used: {outcome.MaxMemoryUsedMiB} MB\t");
        if (outcome.InitDuration > TimeSpan.Zero)
        {
            line.Append(
                CultureInfo.InvariantCulture,
                $"{(outcome.Start == SandboxStart.FunctionSnapshot ? "Restore" : "Init")} Duration: {outcome.InitDuration.TotalMilliseconds:0.00} ms\t");
        }

        if (outcome.StorageReadBytes + outcome.StorageWrittenBytes > 0)
        {
            line.Append(CultureInfo.InvariantCulture, $"Storage Read: {outcome.StorageReadBytes} B\tStorage Written: {outcome.StorageWrittenBytes} B\t");
        }

        if (errorType == "Sandbox.Timedout")
        {
            line.Append("Status: timeout");
        }
        else if (errorType is not null)
        {
            line.Append("Status: error\tError Type: ").Append(errorType);
        }

        return Encoding.UTF8.GetBytes(line.ToString());
    }
}
