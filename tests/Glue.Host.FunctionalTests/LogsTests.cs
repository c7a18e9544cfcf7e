using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Glue.Host.FunctionalTests;

/// <summary>What functions log is kept, and read with <c>aws logs</c>, boto3 and <c>glue logs</c>.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class LogsTests(SharedStack shared)
{
    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task A_functions_lines_are_in_its_group_in_the_stream_of_their_sandbox_with_the_platforms_lines_around_them()
    {
        await _stack.Lambda.CreateAsync("talker", "python3.11", "app.handler", Zip.Of("app.py", """
            import os, sys
            print('once per sandbox')
            def handler(event, context):
                print('to stdout')
                print('to stderr', file=sys.stderr)
                return [context.log_group_name, context.log_stream_name]
            """));
        var said = JsonNode.Parse((await _stack.Lambda.InvokeAsync("talker")).Payload)!;

        var events = await FilterAsync("/aws/lambda/talker");
        Assert.Equal("/aws/lambda/talker", (string)said[0]!);
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", (string)said[1]!);
        Assert.All(events, line => Assert.Equal((string)said[1]!, (string)line!["logStreamName"]!));
        var lines = events.Select(static line => (string)line!["message"]!).ToList();
        Assert.Matches("^INIT_START Runtime Version: python:3.11.v3\\.[0-9.]+\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:[0-9a-f]{64}$", lines[0]);
        lines.RemoveAt(0);
        Assert.Equal("once per sandbox", lines[0]);
        Assert.StartsWith("START RequestId: ", lines[1], StringComparison.Ordinal);
        Assert.Equal(["to stderr", "to stdout"], lines[2..4].Order(StringComparer.Ordinal)); // two pipes: neither is first
        Assert.StartsWith("END RequestId: ", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("REPORT RequestId: ", lines[5], StringComparison.Ordinal);
        Assert.Equal(6, lines.Count);
        var now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        Assert.All(events, line => Assert.InRange((long)line!["timestamp"]!, now - 120_000, now));

        var shown = (await _stack.GlueAsync("logs", "talker", "--filter", "\"to stdout\"")).Expect();
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z  to stdout\n$", shown);
        Assert.Equal("", (await _stack.GlueAsync("logs", "talker", "--since", "0s")).Expect());
    }

    [Fact]
    public async Task Aws_logs_tail_and_glue_logs_follow_a_function()
    {
        await _stack.Lambda.CreateAsync("followed", "nodejs20.x", "index.handler", Zip.Of("index.js", "exports.handler = async ({ n }) => console.log(`call ${n}`);"));
        await _stack.Lambda.InvokeAsync("followed", """{"n":1}""");
        using var aws = new Following(
            "/usr/bin/aws", ["--endpoint-url", _stack.Process.Api, "logs", "tail", "/aws/lambda/followed", "--follow"],
            Cli.AwsEnvironment(_stack.Process.AccessKey, _stack.Process.SecretKey));
        using var glue = new Following("dotnet", [Repository.Artifact("glue/glue.dll"), "logs", "followed", "--follow", "--data", _stack.Process.DataFolder]);
        await _stack.UntilAsync(() => Task.FromResult(Calls(aws).Contains("call 1") && Calls(glue).Contains("call 1")));

        await _stack.Lambda.InvokeAsync("followed", """{"n":2}""");
        await _stack.UntilAsync(() => Task.FromResult(Calls(aws).Contains("call 2") && Calls(glue).Contains("call 2")));
        await _stack.Lambda.InvokeAsync("followed", """{"n":3}""");
        await _stack.UntilAsync(() => Task.FromResult(Calls(aws).Contains("call 3") && Calls(glue).Contains("call 3")));

        Assert.Equal(["call 1", "call 2", "call 3"], Calls(aws));
        Assert.Equal(["call 1", "call 2", "call 3"], Calls(glue));
    }

    [Fact]
    public async Task All_of_100_000_lines_of_one_call_are_kept_in_order_and_none_is_dropped()
    {
        await _stack.Lambda.CreateAsync("chatty", "python3.11", "app.handler", Zip.Of("app.py", """
            import sys
            def handler(event, context):
                for n in range(100000):
                    sys.stdout.write(f'line {n} of many that say next to nothing, but do so at some length\n')
            """), timeout: 60);
        Assert.Null((await _stack.Lambda.InvokeAsync("chatty")).Error);

        var read = await _stack.BotoAsync(
            $$"""
            logs = boto3.client('logs', endpoint_url='{{_stack.Process.Api}}')
            lines = [e['message'] for page in logs.get_paginator('filter_log_events').paginate(logGroupName='/aws/lambda/chatty') for e in page['events']]
            print(len(lines), lines[2:-2] == [f'line {n} of many that say next to nothing, but do so at some length' for n in range(100000)])
            """);
        Assert.Equal("100004 True", read.Trim());
        using var http = new HttpClient();
        var metrics = await http.GetStringAsync(new Uri(_stack.Process.Api + "/metrics"));
        Assert.Matches(@"(?m)^glue_function_logs_lines_total \d+", metrics);
        Assert.DoesNotMatch(@"(?m)^glue_function_logs_dropped_total [1-9]", metrics);
    }

    [Fact]
    public async Task Why_an_init_failed_and_what_it_printed_is_in_the_log()
    {
        await _stack.Lambda.CreateAsync("broken", "python3.11", "app.handler", Zip.Of("app.py", "print('before the end')\nraise RuntimeError('no way')"));
        Assert.NotNull((await _stack.Lambda.InvokeAsync("broken")).Error);

        var lines = (await FilterAsync("/aws/lambda/broken")).Select(static line => (string)line!["message"]!).ToList();
        Assert.Contains("before the end", lines);
        Assert.Contains(lines, static line => line.Contains("RuntimeError: no way", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.StartsWith("REPORT RequestId: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Glue_logs_says_what_is_wrong_with_a_name_a_time_or_a_pattern_and_an_old_log_outlives_its_function()
    {
        Assert.Contains("There is no function 'nobody'", (await _stack.GlueAsync("logs", "nobody")).Error, StringComparison.Ordinal);
        Assert.Contains("is not a number with s, m, h, d or w", (await _stack.GlueAsync("logs", "nobody", "--since", "soon")).Error, StringComparison.Ordinal);
        await _stack.Lambda.CreateAsync("gone", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): print('I was here')"));
        Assert.Equal("", (await _stack.GlueAsync("logs", "gone")).Expect());
        await _stack.Lambda.InvokeAsync("gone");
        Assert.Contains("not supported", (await _stack.GlueAsync("logs", "gone", "--filter", "[a]")).Error, StringComparison.Ordinal);

        (await _stack.AwsLambdaAsync("delete-function", "--function-name", "gone")).Expect();
        Assert.Contains("I was here", (await _stack.GlueAsync("logs", "gone")).Expect(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nodejs20.x", "index.handler", "index.mjs", """
        export const handler = async ({ fail }) => {
          console.debug('too small');
          console.info('too small, too');
          console.warn('mind', { step: 1 });
          console.error({ code: 7 });
          if (fail) throw new TypeError('as asked');
        };
        """)]
    [InlineData("python3.11", "app.handler", "app.py", """
        import logging
        def handler(event, context):
            logging.debug('too small')
            logging.info('too small, too')
            logging.warning('mind %s', {'step': 1})
            logging.error('coded', extra={'code': 7})
            if event.get('fail'):
                raise TypeError('as asked')
        """)]
    public async Task With_LogFormat_JSON_the_functions_and_the_platforms_lines_are_JSON_of_the_levels_asked_for_in_the_group_named(
        string runtime, string handler, string file, string source)
    {
        var name = "json-" + runtime.Split('.')[0];
        await _stack.Lambda.CreateAsync(name, runtime, handler, Zip.Of(file, source), logging: new JsonObject
        {
            ["LogFormat"] = "JSON", ["ApplicationLogLevel"] = "WARN", ["SystemLogLevel"] = "DEBUG", ["LogGroup"] = "/of/my/own/" + name,
        });
        var configuration = (await _stack.Lambda.UpdateAsync(name, new JsonObject { ["Description"] = "d" })).Configuration["LoggingConfig"]!;
        Assert.Equal(
            $$"""{"LogFormat":"JSON","ApplicationLogLevel":"WARN","SystemLogLevel":"DEBUG","LogGroup":"/of/my/own/{{name}}"}""", configuration.ToJsonString());
        await _stack.Lambda.InvokeAsync(name);
        Assert.NotNull((await _stack.Lambda.InvokeAsync(name, """{"fail":true}""")).Error);

        var lines = (await FilterAsync("/of/my/own/" + name)).Select(static line => JsonNode.Parse((string)line!["message"]!)!).ToList();
        var own = lines.Where(static line => line["level"] is not null).ToList();
        Assert.Equal(
            ["platform.initStart", "platform.start", "platform.runtimeDone", "platform.report", "platform.start", "platform.runtimeDone", "platform.report"],
            lines.Select(static line => (string?)line["type"]).OfType<string>());
        Assert.All(own, static line => Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$", (string)line["timestamp"]!));
        Assert.All(own, static line => Assert.Equal(36, ((string)line["requestId"]!).Length));
        Assert.StartsWith("mind {", (string)own[0]["message"]!, StringComparison.Ordinal);
        Assert.Contains("\"code\":7", own[1].ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain(lines, static line => line.ToJsonString().Contains("too small", StringComparison.Ordinal));
        Assert.Contains(lines, static line => line.ToJsonString().Contains("as asked", StringComparison.Ordinal) && line.ToJsonString().Contains("\"stackTrace\"", StringComparison.Ordinal));
        var report = lines.First(static line => (string?)line["type"] == "platform.report")["record"]!;
        Assert.Equal(("success", 256), ((string)report["status"]!, (int)report["metrics"]!["memorySizeMB"]!));
        Assert.NotNull(report["metrics"]!["initDurationMs"]);

        var shown = (await _stack.GlueAsync("logs", name, "--filter", "{ $.record.status = \"error\" && $.type = \"platform.report\" }")).Expect();
        Assert.Single(shown.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task LoggingConfig_is_changed_member_by_member_and_refused_with_AWSs_errors()
    {
        await _stack.Lambda.CreateAsync("logging", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): print('here')"));
        async Task<string> AfterAsync(string logging)
        {
            var (answer, error) = await _stack.Lambda.UpdateAsync("logging", new JsonObject { ["LoggingConfig"] = JsonNode.Parse(logging) });
            return error ?? answer["LoggingConfig"]!.ToJsonString();
        }

        const string text = """{"LogFormat":"Text","LogGroup":"/aws/lambda/logging"}""";
        Assert.Equal(text, await AfterAsync("{}"));
        Assert.Equal("InvalidParameterValueException", await AfterAsync("""{"ApplicationLogLevel":"DEBUG"}"""));
        Assert.Equal("ValidationException", await AfterAsync("""{"LogFormat":"XML"}"""));
        Assert.Equal("ValidationException", await AfterAsync("""{"LogFormat":"JSON","SystemLogLevel":"TRACE"}"""));
        Assert.Equal("ValidationException", await AfterAsync("""{"LogGroup":"no spaces"}"""));
        Assert.Equal(
            """{"LogFormat":"JSON","ApplicationLogLevel":"TRACE","SystemLogLevel":"INFO","LogGroup":"/aws/lambda/logging"}""",
            await AfterAsync("""{"LogFormat":"JSON","ApplicationLogLevel":"TRACE"}"""));
        Assert.Equal(
            """{"LogFormat":"JSON","ApplicationLogLevel":"TRACE","SystemLogLevel":"WARN","LogGroup":"/shared"}""",
            await AfterAsync("""{"SystemLogLevel":"WARN","LogGroup":"/shared"}"""));
        await _stack.Lambda.InvokeAsync("logging");
        Assert.Equal("here", Assert.Single(await FilterAsync("/shared"))!["message"]!.GetValue<string>()); // no system lines of a success at WARN
        Assert.Equal("""{"LogFormat":"Text","LogGroup":"/shared"}""", await AfterAsync("""{"LogFormat":"Text"}"""));
    }

    private static List<string> Calls(Following follower) =>
        [.. follower.Lines.SelectMany(static line => Regex.Matches(line, @"call \d")).Select(static match => match.Value)];

    private async Task<JsonArray> FilterAsync(string group) => JsonNode.Parse(await _stack.BotoAsync(
        $"""
        logs = boto3.client('logs', endpoint_url='{_stack.Process.Api}')
        print(json.dumps(logs.filter_log_events(logGroupName='{group}')['events']))
        """))!.AsArray();
}
