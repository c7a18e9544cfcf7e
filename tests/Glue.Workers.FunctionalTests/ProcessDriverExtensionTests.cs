using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

/// <summary>Extensions that fail, and calls of their API that are refused: the agent's doing, the same under every driver.</summary>
public sealed class ProcessDriverExtensionTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("sys.exit(7)", "Extension.Crash", "Error: exit status 7 (extension bad)")]
    [InlineData("call('init/error', {}, me, Lambda_Extension_Function_Error_Type='Extension.NoKey'); time.sleep(20)", "Extension.InitError", "Error: the extension bad reported Extension.NoKey")]
    [InlineData("call('event/next', identifier=me); call('exit/error', {}, me, Lambda_Extension_Function_Error_Type='Extension.Odd'); time.sleep(20)", "Extension.ExitError", "Error: the extension bad reported Extension.Odd")]
    [InlineData("call('event/next', identifier=me); os.kill(os.getpid(), 9)", "Extension.Crash", "Error: signal: killed (extension bad)")]
    public async Task An_extension_that_fails_fails_the_call(string statement, string type, string message)
    {
        await using var worker = Start();
        var bad = "#!/usr/bin/python3\n" + ExtensionLayer.Api + "me, _ = register('bad', 'INVOKE')\n" + statement + "\n";

        var failure = await worker.FailureAsync(ExtensionLayer.Of(worker, "import time\ndef handler(event, context): time.sleep(15)\n", ("bad", bad)));

        Assert.Equal(type, failure.Type);
        Assert.EndsWith(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_that_is_no_program_fails_the_call_and_files_without_execute_bit_are_not_started()
    {
        await using var worker = Start();
        var text = worker.Code.Add(("extensions/readme", "no program"u8.ToArray(), CodeZip.Plain));
        var broken = worker.Code.Add(("extensions/broken", "no program"u8.ToArray(), CodeZip.Executable));
        var function = worker.Python("def handler(event, context): return 1\n");

        Assert.Equal(1, (await worker.AnswerAsync(function with { Layers = [text] })).GetInt32());
        var (type, message) = await worker.FailureAsync(function with { RevisionId = "broken", Layers = [broken] });

        Assert.Equal("Extension.LaunchError", type);
        Assert.Contains("the extension broken could not be started", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_extensions_API_refuses_as_Lambdas_does()
    {
        await using var worker = Start();
        var function = worker.Python(ExtensionLayer.Api + """
            import uuid
            def kind(answer): return [answer[0], (answer[2] or {}).get('errorType')]
            def named(name, body={'events': []}): return kind(call('register', body, Lambda_Extension_Name=name))
            me, _ = register('me', 'INVOKE')
            seen = [
                kind(call('register', {'events': []})), named('no-json', b'{'), named('odd', {'events': ['SLEEP']}), named('end', {'events': ['SHUTDOWN']}), named('me'),
                kind(call('event/next')), kind(call('event/next', identifier='me')), kind(call('event/next', identifier=str(uuid.uuid4()))),
                kind(call('exit/error', {}, me)), kind(call('event/next', {}, me)), kind(call('elsewhere', {}, me)),
            ]
            print('SEEN', json.dumps(seen))
            print('OTHERS', json.dumps([named(f'other{n}') for n in range(10)]))
            raise RuntimeError('seen') # extensions that never ask for an event keep a sandbox from being ready
            """);
        var late = worker.Python(ExtensionLayer.Api + """
            def handler(event, context): return call('register', {'events': []}, Lambda_Extension_Name='late')[2]['errorType']
            """);

        Assert.Equal("RuntimeError", (await worker.FailureAsync(function)).Type);
        Assert.Equal("Extension.RegistrationClosed", (await worker.AnswerAsync(late)).GetString());

        var log = worker.Logs.Of(function.Name);
        Assert.Contains(
            """SEEN [[403, "Extension.InvalidExtensionName"], [403, "InvalidRequestFormat"], [403, "Extension.InvalidEventType"], [403, "Extension.InvalidEventType"], """
            + """[403, "Extension.InvalidExtensionState"], [403, "Extension.MissingExtensionIdentifier"], [403, "Extension.InvalidExtensionIdentifier"], """
            + """[403, "Extension.UnknownExtensionIdentifier"], [403, "Extension.MissingHeader"], [405, null], [404, null]]""",
            log);
        Assert.Contains($"OTHERS [{string.Concat(Enumerable.Repeat("[200, null], ", 9))}[403, \"Extension.TooManyExtensions\"]]", log);
    }

    [Fact]
    public async Task The_logs_API_has_its_own_events_and_those_of_extensions_can_be_had()
    {
        await using var worker = Start();
        var function = ExtensionLayer.Of(worker, "def handler(event, context): return 1\n", ("listener", ExtensionLayer.Listener)) with
        {
            Environment = new Dictionary<string, string> { ["SUBSCRIBE"] = "('2020-08-15/logs',)", ["WISH"] = "{'types': ['platform', 'extension']}" },
        };

        await worker.AnswerAsync(function);
        await worker.UntilAsync(status => status.IdleSandboxes == 1);
        await worker.Worker.RetireAsync(function.Arn, CancellationToken.None);

        var records = ExtensionLayer.RecordsIn(worker.Logs.Of(function.Name)).Select(static each => each.GetProperty("type").GetString()).ToList();
        Assert.Equal(["platform.start", "platform.runtimeDone", "platform.end", "platform.report"], records.Where(static each => each is not ("platform.logsSubscription" or "extension" or "platform.extension")));
        Assert.Superset(new HashSet<string?> { "platform.logsSubscription", "extension", "platform.extension" }, records.ToHashSet());
    }

    [Theory]
    [InlineData("{}", "ValidationError")]
    [InlineData("{'schemaVersion': '2019-01-01'}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'types': ['gossip']}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'buffering': {'timeoutMs': 5}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'HTTP', 'URI': 'http://elsewhere:80'}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'HTTP', 'URI': 'http://sandbox:9001'}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'TCP', 'port': 9001}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'TCP', 'port': 65536}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'TCP', 'URI': 'http://sandbox.localdomain:4243'}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'UDP', 'port': 4243}}", "ValidationError")]
    [InlineData("{'schemaVersion': '2022-07-01', 'destination': 'here'}", "ValidationError")]
    public async Task A_subscription_that_cannot_be_is_refused(string wish, string type)
    {
        await using var worker = Start();
        var function = ExtensionLayer.Of(worker, "def handler(event, context): return 1\n", ("listener", ExtensionLayer.Listener)) with
        {
            Environment = new Dictionary<string, string> { ["WISH"] = wish },
        };

        Assert.Equal(1, (await worker.AnswerAsync(function)).GetInt32());

        Assert.Contains($"SUBSCRIBED [400, \"{type}\"]", worker.Logs.Of(function.Name));
    }

    [Fact]
    public async Task A_subscriber_that_never_listens_holds_up_nobody()
    {
        await using var worker = Start();
        var function = ExtensionLayer.Of(worker, "def handler(event, context): print('x' * 1000)\n", ("listener", ExtensionLayer.Listener)) with
        {
            Environment = new Dictionary<string, string> { ["WISH"] = "{'schemaVersion': '2022-07-01', 'destination': {'protocol': 'HTTP', 'URI': 'http://sandbox:1'}}" },
        };

        for (var n = 0; n < 20; n++)
        {
            await worker.AnswerAsync(function);
        }

        await worker.UntilAsync(status => status.Sandboxes == status.IdleSandboxes);
        await worker.Worker.RetireAsync(function.Arn, CancellationToken.None);
        Assert.Contains("RECORDS []", worker.Logs.Of(function.Name));
    }

    /// <summary>With time for extensions on a busy machine.</summary>
    private WorkerFixture Start() => WorkerFixture.Start(output, static options => options with { ShutdownTimeout = TimeSpan.FromSeconds(30) });
}
