using System.Text;
using System.Text.Json.Nodes;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Logs;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;

namespace Glue.Workers.Tests;

/// <summary>What the platform itself writes around an invocation, in both of Lambda's formats.</summary>
public sealed class PlatformLinesTests
{
    private static readonly InvokeOutcome Success = new()
    {
        Status = InvokeStatus.Succeeded,
        Duration = TimeSpan.FromMilliseconds(12.345),
        BilledDuration = TimeSpan.FromMilliseconds(13),
        MaxMemoryUsedMiB = 40,
        InitDuration = TimeSpan.FromMilliseconds(100),
    };

    private static readonly InvokeOutcome Late = Success with { Status = InvokeStatus.FunctionError, InitDuration = TimeSpan.Zero };

    private static readonly FunctionFailure TimedOut = new("Sandbox.Timedout", "Task timed out after 3.00 seconds");

    [Fact]
    public void Text_has_START_the_error_END_and_REPORT()
    {
        Assert.Equal(
            [
                "START RequestId: r Version: 7",
                "RequestId: r Error: Task timed out after 3.00 seconds",
                "END RequestId: r",
                "REPORT RequestId: r\tDuration: 12.35 ms\tBilled Duration: 13 ms\tMemory Size: 128 MB\tMax Memory Used: 40 MB\tStatus: timeout",
            ],
            Lines(new FunctionLogging(), Late, TimedOut));
    }

    [Fact]
    public void A_sandbox_begins_with_its_runtime_and_its_extensions()
    {
        var runtime = new RuntimeVersion("python:3.12.v3.13.5", "arn:aws:lambda:us-east-1::runtime:0f");
        var version = new FunctionVersion
        {
            AccountId = "000000000000", Name = "f", Version = "7", Arn = "arn", RevisionId = "r", Runtime = "python3.12", Handler = "h", Role = "r", CodeSha256 = "c",
        };
        var now = DateTimeOffset.UnixEpoch;

        Assert.Equal("INIT_START Runtime Version: python:3.12.v3.13.5\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:0f", Encoding.UTF8.GetString(TextPlatformLines.Begin("INIT", runtime)));
        Assert.Equal("EXTENSION\tName: one\tState: Ready\tEvents: [INVOKE, SHUTDOWN]", Encoding.UTF8.GetString(TextPlatformLines.Extension("one", ["INVOKE", "SHUTDOWN"])));
        Assert.Equal(
            """{"time":"1970-01-01T00:00:00.000Z","type":"platform.initStart","record":{"initializationType":"on-demand","phase":"init","runtimeVersion":"python:3.12.v3.13.5","runtimeVersionArn":"arn:aws:lambda:us-east-1::runtime:0f","functionName":"f","functionVersion":"7"}}""",
            Encoding.UTF8.GetString(JsonPlatformLines.Begin("init", "on-demand", runtime, version, now)!));
        Assert.Equal(
            """{"time":"1970-01-01T00:00:00.000Z","type":"platform.extension","record":{"name":"one","state":"Ready","events":["INVOKE"]}}""",
            Encoding.UTF8.GetString(JsonPlatformLines.Extension("one", ["INVOKE"], version, now)!));
        var duration = TimeSpan.FromMilliseconds(10_008.25);
        Assert.Equal("INIT_REPORT Init Duration: 10008.25 ms\tPhase: init\tStatus: timeout", Encoding.UTF8.GetString(TextPlatformLines.FailedStart("INIT", duration, "Sandbox.Timedout")));
        Assert.Equal(
            "RESTORE_REPORT Restore Duration: 10008.25 ms\tPhase: restore\tStatus: error\tError Type: Runtime.ExitError",
            Encoding.UTF8.GetString(TextPlatformLines.FailedStart("RESTORE", duration, "Runtime.ExitError")));
        Assert.Equal(
            """{"time":"1970-01-01T00:00:00.000Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"error","errorType":"Runtime.ExitError","metrics":{"durationMs":10008.25}}}""",
            Encoding.UTF8.GetString(JsonPlatformLines.FailedStart("init", "on-demand", duration, "Runtime.ExitError", now)));
        Assert.Null(JsonPlatformLines.Begin("init", "on-demand", runtime, version with { Logging = new FunctionLogging { IsJson = true, SystemLevel = "WARN" } }, now));
    }

    [Fact]
    public void A_report_tells_how_much_was_read_and_written_through_the_storage_gateway_if_anything_was()
    {
        var busy = Success with { StorageReadBytes = 1000, StorageWrittenBytes = 20 };

        Assert.EndsWith("Init Duration: 100.00 ms\tStorage Read: 1000 B\tStorage Written: 20 B\t", Lines(new FunctionLogging(), busy, failure: null)[^1], StringComparison.Ordinal);
        var metrics = Json("INFO", busy, failure: null)[^1]["record"]!["metrics"]!;
        Assert.Equal((1000, 20), ((int)metrics["storageReadBytes"]!, (int)metrics["storageWrittenBytes"]!));
    }

    [Theory]
    [InlineData("DEBUG", "platform.start,platform.runtimeDone,platform.report")]
    [InlineData("INFO", "platform.start,platform.report")]
    [InlineData("WARN", "")]
    public void Of_a_success_JSON_has_the_events_of_the_functions_system_level(string level, string types) =>
        Assert.Equal(types, Types(Json(level, Success, failure: null)));

    [Theory]
    [InlineData("INFO", "platform.start,platform.runtimeDone,platform.report")]
    [InlineData("WARN", "platform.runtimeDone,platform.report")]
    public void A_failure_is_told_at_every_level(string level, string types)
    {
        var lines = Json(level, Late, TimedOut);
        Assert.Equal(types, Types(lines));
        Assert.Contains(lines, static line => (string?)line["message"] == "Task timed out after 3.00 seconds" && (string?)line["requestId"] == "r");
        var report = lines[^1]["record"]!;
        Assert.Equal(("timeout", "Sandbox.Timedout"), ((string)report["status"]!, (string)report["errorType"]!));
    }

    [Fact]
    public void The_JSON_report_has_the_figures_of_the_text_one()
    {
        var report = Json("INFO", Success, failure: null)[^1];
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$", (string)report["time"]!);
        Assert.Equal(
            """{"requestId":"r","status":"success","metrics":{"durationMs":12.345,"billedDurationMs":13,"memorySizeMB":128,"maxMemoryUsedMB":40,"initDurationMs":100}}""",
            report["record"]!.ToJsonString());
    }

    [Fact]
    public void Trouble_of_several_lines_is_as_many_lines_in_either_format()
    {
        Assert.Equal(["one", "two"], Written(new FunctionLogging(), static log => log.WriteTrouble("one\r\n\ntwo\n")));
        var lines = Written(new FunctionLogging { IsJson = true }, static log => log.WriteTrouble("one\ntwo"));
        Assert.Equal(["one", "two"], lines.Select(static line => (string)JsonNode.Parse(line)!["message"]!));
    }

    private static List<JsonNode> Json(string level, InvokeOutcome outcome, FunctionFailure? failure) =>
        [.. Lines(new FunctionLogging { IsJson = true, SystemLevel = level }, outcome, failure).Select(static line => JsonNode.Parse(line)!)];

    private static string Types(List<JsonNode> lines) => string.Join(',', lines.Select(static line => (string?)line["type"]).OfType<string>());

    private static List<string> Lines(FunctionLogging logging, InvokeOutcome outcome, FunctionFailure? failure) => Written(logging, log =>
    {
        log.WriteStart("r");
        log.WriteEnd("r", outcome, failure);
    });

    private static List<string> Written(FunctionLogging logging, Action<SandboxLog> write)
    {
        var kept = new Kept();
        write(new SandboxLog(
            new FunctionVersion
            {
                AccountId = "000000000000", Name = "f", Version = "7", Arn = "arn", RevisionId = "1",
                Runtime = "nodejs20.x", Handler = "h", Role = "r", CodeSha256 = "c", Logging = logging,
            },
            "stream", kept, TimeProvider.System));
        return kept.Lines;
    }

    private sealed class Kept : IFunctionLogs, IFunctionLog
    {
        public List<string> Lines { get; } = [];

        public IFunctionLog Open(FunctionVersion version, string logStream) => this;

        public void Append(DateTimeOffset time, ReadOnlySpan<byte> line) => Lines.Add(Encoding.UTF8.GetString(line));
    }
}
