namespace Glue.Workers.FunctionalTests;

/// <summary>Lambda extensions: processes of a layer, and parts of the runtime's, beside the handler.</summary>
public abstract partial class DriverContract
{
    private const string Observer = "#!/usr/bin/python3\n" + ExtensionLayer.Api + """
        me, about = register(os.path.basename(__file__), 'INVOKE', 'SHUTDOWN', Lambda_Extension_Accept_Feature='accountId')
        note('registered', about, sorted(name for name in os.environ if name in ('_HANDLER', 'LAMBDA_TASK_ROOT', 'AWS_LAMBDA_FUNCTION_NAME', 'MINE')))
        print('observer is up', flush=True)
        while True:
            _, _, event = call('event/next', identifier=me)
            if event['eventType'] == 'SHUTDOWN':
                print('told of', event['shutdownReason'], event['deadlineMs'] > time.time() * 1000, flush=True)
                sys.exit(0)
            time.sleep(0.3)
            note(event['eventType'], event['requestId'], event['invokedFunctionArn'], event['deadlineMs'] > time.time() * 1000)
        """;

    private const string Reader = ExtensionLayer.Api + """
        at_load = notes()
        def handler(event, context):
            if event.get('wait'): time.sleep(event['wait'])
            if event.get('exit'): os._exit(event['exit'])
            return [at_load, notes(), context.aws_request_id]
        """;

    [Fact]
    public async Task An_extension_is_started_before_the_runtime_hears_of_each_invocation_and_none_is_over_before_it_is_done()
    {
        await using var worker = StartPatiently();
        var function = ExtensionLayer.Of(worker, Reader, ("observer", Observer)) with { Environment = new Dictionary<string, string> { ["MINE"] = "yes" } };

        var first = await worker.AnswerAsync(function);
        await worker.UntilAsync(status => status.IdleSandboxes == 1); // a call that finds it busy may get another
        var second = await worker.AnswerAsync(function);

        var atLoad = Assert.Single(first[0].EnumerateArray());
        Assert.Equal(
            $$"""["registered", {"functionName": "{{function.Name}}", "functionVersion": "$LATEST", "handler": "app.handler", "accountId": "000000000000"}, ["AWS_LAMBDA_FUNCTION_NAME", "MINE"]]""",
            atLoad.GetRawText());
        Assert.Equal(1, first[1].GetArrayLength());
        Assert.Equal(2, second[1].GetArrayLength()); // the second call waited until the extension had done with the first
        Assert.Equal($"""["INVOKE", {first[2].GetRawText()}, "arn:aws:lambda:us-east-1:000000000000:function:any", true]""", second[1][1].GetRawText());
        var log = worker.Logs.Of(function.Name);
        Assert.Contains("observer is up", log);
        Assert.Contains("EXTENSION\tName: observer\tState: Ready\tEvents: [INVOKE, SHUTDOWN]", log);
    }

    [Fact]
    public async Task Extensions_are_told_when_their_sandbox_is_given_up()
    {
        await using var worker = StartPatiently();
        var function = ExtensionLayer.Of(worker, Reader, ("observer", Observer));
        await worker.AnswerAsync(function);
        await worker.UntilAsync(status => status.IdleSandboxes == 1);

        await worker.Worker.RetireAsync(function.Arn, CancellationToken.None);

        Assert.Contains("told of spindown True", worker.Logs.Of(function.Name));
    }

    [Theory]
    [InlineData("""{"wait":60}""", "Sandbox.Timedout", "timeout")]
    [InlineData("""{"exit":3}""", "Runtime.ExitError", "failure")]
    public async Task Extensions_are_told_when_the_function_fails_and_the_next_call_has_new_ones(string payload, string type, string reason)
    {
        await using var worker = StartPatiently();
        var function = ExtensionLayer.Of(worker, Reader, ("observer", Observer));

        Assert.Equal(type, (await worker.FailureAsync(function with { RevisionId = "failing", Timeout = TimeSpan.FromSeconds(reason == "timeout" ? 2 : 60) }, payload)).Type);
        await worker.UntilAsync(status => status.Sandboxes == 0);

        Assert.Contains($"told of {reason} True", worker.Logs.Of(function.Name));
        Assert.Equal(1, (await worker.AnswerAsync(function))[1].GetArrayLength());
    }

    [Fact]
    public async Task A_part_of_the_runtime_registers_itself_as_an_internal_extension_and_the_call_waits_for_it()
    {
        await using var worker = StartPatiently();
        var function = worker.Python(ExtensionLayer.Api + """
            import threading
            me, about = register('inside', 'INVOKE')
            def observe():
                while True:
                    _, _, event = call('event/next', identifier=me)
                    time.sleep(0.3)
                    note(event['requestId'])
            threading.Thread(target=observe, daemon=True).start()
            def handler(event, context): return [about['functionName'], notes(), context.aws_request_id]
            """);

        var first = await worker.AnswerAsync(function);
        await worker.UntilAsync(status => status.IdleSandboxes == 1); // a call that finds it busy may get another
        var second = await worker.AnswerAsync(function);

        Assert.Equal(function.Name, first[0].GetString());
        Assert.Equal("[]", first[1].GetRawText());
        Assert.Equal($"[[{first[2].GetRawText()}]]", second[1].GetRawText());
    }

    /// <summary>With time for guests that are emulated on a busy machine, where one more process takes seconds.</summary>
    private WorkerFixture StartPatiently() => Start(static options => options with { ShutdownTimeout = TimeSpan.FromSeconds(30) });
}
