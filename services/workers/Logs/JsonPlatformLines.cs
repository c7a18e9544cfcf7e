using System.Text.Json;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Logs;

/// <summary>The platform's events: LogFormat JSON. Those below the function's SystemLogLevel are null.</summary>
/// <remarks>
/// Lambda Developer Guide, "Lambda Telemetry API Event schema reference" and "System log level event mapping" (read 2026-11): start, and the
/// report of a success, are INFO; runtimeDone of a success is DEBUG; both of a failure are WARN.
/// </remarks>
internal static class JsonPlatformLines
{
    /// <param name="word"><c>init</c> or <c>restore</c>.</param>
    /// <param name="initialisation">As in <c>AWS_LAMBDA_INITIALIZATION_TYPE</c>.</param>
    /// <param name="runtime">Of the sandbox.</param>
    /// <param name="version">Of the function.</param>
    /// <param name="time">Now.</param>
    public static byte[]? Begin(string word, string initialisation, RuntimeVersion runtime, FunctionVersion version, DateTimeOffset time) => version.Logging.SystemLevel == "WARN" ? null : Line(
        time,
        $"platform.{word}Start",
        record =>
        {
            record.WriteString("initializationType", initialisation);
            record.WriteString("phase", "init");
            record.WriteString("runtimeVersion", runtime.Version);
            record.WriteString("runtimeVersionArn", runtime.Arn);
            record.WriteString("functionName", version.Name);
            record.WriteString("functionVersion", version.Version);
        });

    /// <summary>An init, or a restore, that came to nothing. At every level.</summary>
    /// <param name="word"><c>init</c> or <c>restore</c>.</param>
    /// <param name="initialisation">As in <c>AWS_LAMBDA_INITIALIZATION_TYPE</c>.</param>
    /// <param name="duration">Until it ended.</param>
    /// <param name="errorType">Why.</param>
    /// <param name="time">Now.</param>
    public static byte[] FailedStart(string word, string initialisation, TimeSpan duration, string errorType, DateTimeOffset time) => Line(
        time,
        $"platform.{word}Report",
        record =>
        {
            var isTimeout = errorType is "Sandbox.Timedout" or "SnapStartTimeoutException";
            record.WriteString("initializationType", initialisation);
            record.WriteString("phase", "init");
            record.WriteString("status", isTimeout ? "timeout" : "error");
            if (!isTimeout)
            {
                record.WriteString("errorType", errorType);
            }

            record.WriteStartObject("metrics");
            record.WriteNumber("durationMs", Milliseconds(duration));
            record.WriteEndObject();
        });

    public static byte[]? Start(string requestId, FunctionVersion version, DateTimeOffset time) => version.Logging.SystemLevel == "WARN" ? null : Line(
        time,
        "platform.start",
        record =>
        {
            record.WriteString("requestId", requestId);
            record.WriteString("version", version.Version);
        });

    public static byte[]? Extension(string name, IReadOnlyList<string> events, FunctionVersion version, DateTimeOffset time) => version.Logging.SystemLevel == "WARN" ? null : Line(
        time,
        "platform.extension",
        record =>
        {
            record.WriteString("name", name);
            record.WriteString("state", "Ready");
            record.WriteStartArray("events");
            foreach (var each in events)
            {
                record.WriteStringValue(each);
            }

            record.WriteEndArray();
        });

    public static byte[]? RuntimeDone(string requestId, FunctionVersion version, DateTimeOffset time, InvokeOutcome outcome, string? errorType) =>
        outcome.Status == InvokeStatus.Succeeded && version.Logging.SystemLevel != "DEBUG" ? null : Line(
            time,
            "platform.runtimeDone",
            record =>
            {
                WriteEnd(record, requestId, outcome, errorType);
                record.WriteStartObject("metrics");
                record.WriteNumber("durationMs", Milliseconds(outcome.Duration));
                record.WriteEndObject();
            });

    public static byte[]? Report(string requestId, FunctionVersion version, DateTimeOffset time, InvokeOutcome outcome, string? errorType) =>
        outcome.Status == InvokeStatus.Succeeded && version.Logging.SystemLevel == "WARN" ? null : Line(
            time,
            "platform.report",
            record =>
            {
                WriteEnd(record, requestId, outcome, errorType);
                record.WriteStartObject("metrics");
                record.WriteNumber("durationMs", Milliseconds(outcome.Duration));
                record.WriteNumber("billedDurationMs", (long)outcome.BilledDuration.TotalMilliseconds);
                record.WriteNumber("memorySizeMB", version.MemoryMiB);
                record.WriteNumber("maxMemoryUsedMB", outcome.MaxMemoryUsedMiB);
                if (outcome.InitDuration > TimeSpan.Zero)
                {
                    record.WriteNumber("initDurationMs", Milliseconds(outcome.InitDuration));
                }

                if (outcome.StorageReadBytes + outcome.StorageWrittenBytes > 0)
                {
                    record.WriteNumber("storageReadBytes", outcome.StorageReadBytes);
                    record.WriteNumber("storageWrittenBytes", outcome.StorageWrittenBytes);
                }

                record.WriteEndObject();
            });

    /// <summary>What the platform has to say in words, in the shape of the runtimes' own lines.</summary>
    public static byte[] Error(string? requestId, DateTimeOffset time, string message) => Write(line =>
    {
        line.WriteString("timestamp", Text(time));
        line.WriteString("level", "ERROR");
        if (requestId is not null)
        {
            line.WriteString("requestId", requestId);
        }

        line.WriteString("message", message);
    });

    private static void WriteEnd(Utf8JsonWriter record, string requestId, InvokeOutcome outcome, string? errorType)
    {
        record.WriteString("requestId", requestId);
        record.WriteString("status", outcome.Status == InvokeStatus.Succeeded ? "success"
            : errorType == "Sandbox.Timedout" ? "timeout"
            : errorType is null ? "error" // the handler's own
            : "failure");
        if (errorType is not null)
        {
            record.WriteString("errorType", errorType);
        }
    }

    private static byte[] Line(DateTimeOffset time, string type, Action<Utf8JsonWriter> record) => Write(line =>
    {
        line.WriteString("time", Text(time));
        line.WriteString("type", type);
        line.WriteStartObject("record");
        record(line);
        line.WriteEndObject();
    });

    private static byte[] Write(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream(256);
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static double Milliseconds(TimeSpan duration) => Math.Round(duration.TotalMilliseconds, 3);
}
