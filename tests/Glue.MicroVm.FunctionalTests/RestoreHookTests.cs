using Glue.Contracts.Invocations;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>What functions do before their snapshot and after each restore (SnapStart's runtime hooks).</summary>
public sealed class RestoreHookTests(ITestOutputHelper output) : MicroVmTest(output)
{
    [Fact]
    public async Task A_custom_runtime_that_asks_for_its_restore_is_saved_at_that_moment_and_answered_in_every_copy()
    {
        await using var worker = Start();
        var function = worker.Provided("""
            #!/usr/bin/python3
            import http.client, json, os
            api = http.client.HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])
            def call(method, path, body=None):
                api.request(method, "/2018-06-01/runtime/" + path, body)
                reply = api.getresponse()
                return reply, reply.read()
            seen = [os.environ["AWS_LAMBDA_INITIALIZATION_TYPE"]]
            seen.append(call("POST", "restore/error", "{}")[0].status) # nothing was restored yet
            seen.append(call("GET", "restore/next")[0].status)
            seen.append(call("GET", "restore/next")[0].status) # once only
            while True:
                reply, event = call("GET", "invocation/next")
                call("POST", f"invocation/{reply.headers['Lambda-Runtime-Aws-Request-Id']}/response", json.dumps(seen))
            """);

        await SnapshotAsync(worker, function);
        var first = await worker.InvokeAsync(function);
        await CoolAsync(worker, function);
        var second = await worker.InvokeAsync(function);

        Assert.All([first, second], outcome => Assert.Equal(SandboxStart.FunctionSnapshot, outcome.Start));
        Assert.All([first, second], outcome => Assert.Equal("""["snap-start", 403, 200, 403]""", WorkerFixture.Text(outcome.Payload)));
        Assert.NotEqual(first.SandboxId, second.SandboxId);
        Assert.True(first.InitDuration > TimeSpan.Zero); // from the restore to the poll
        Assert.Contains(worker.Logs.Of(function.Name), line => line.Contains("\tRestore Duration: ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Hooks_of_a_python_function_run_as_AWSs_package_says_before_the_snapshot_backwards_and_after_each_restore_forwards()
    {
        await using var worker = Start();
        var function = worker.Python("""
            import random
            from snapshot_restore_py import register_before_snapshot, register_after_restore
            ran = []
            register_before_snapshot(ran.append, "before 1")
            @register_before_snapshot
            def before():
                ran.append("before 2")
            @register_after_restore
            def after():
                ran.append("after 1")
                ran.append(random.random())
                print("restored")
            register_after_restore(lambda *a, **k: ran.append(["after 2", a, k]), 1, two=2)
            def handler(event, context):
                return ran
            """);

        await SnapshotAsync(worker, function);
        var first = WorkerFixture.Expect(await worker.InvokeAsync(function));
        await CoolAsync(worker, function);
        var second = WorkerFixture.Expect(await worker.InvokeAsync(function));

        Assert.Equal(["before 2", "before 1", "after 1"], first.EnumerateArray().Take(3).Select(each => each.GetString()));
        Assert.Equal("""["after 2", [1], {"two": 2}]""", first[4].GetRawText());
        Assert.Equal(5, second.GetArrayLength()); // each copy ran them once
        Assert.NotEqual(first[3].GetDouble(), second[3].GetDouble()); // generators are renewed before the hooks
        Assert.Equal(2, worker.Logs.Of(function.Name).Count(line => line == "restored"));
    }

    [Fact]
    public async Task Hooks_of_a_node_function_are_those_of_Nodes_own_snapshots()
    {
        await using var worker = Start();
        var function = worker.Node("""
            const { startupSnapshot } = require('v8');
            const ran = [];
            if (startupSnapshot.isBuildingSnapshot()) {
              startupSnapshot.addSerializeCallback(async (what) => ran.push(what), 'before');
              startupSnapshot.addDeserializeCallback(async (what) => ran.push(what, Math.random()), 'after');
            }
            exports.handler = async () => ran;
            """);

        await SnapshotAsync(worker, function);
        var first = WorkerFixture.Expect(await worker.InvokeAsync(function));
        await CoolAsync(worker, function);
        var second = WorkerFixture.Expect(await worker.InvokeAsync(function));

        Assert.All([first, second], ran => Assert.Equal(["before", "after"], ran.EnumerateArray().Take(2).Select(each => each.GetString())));
        Assert.NotEqual(first[2].GetDouble(), second[2].GetDouble());
    }

    [Theory]
    [InlineData("python3.11")]
    [InlineData("nodejs20.x")]
    public async Task A_hook_that_fails_after_the_restore_fails_the_invocation_with_its_reason(string runtime)
    {
        await using var worker = Start();
        var function = runtime == "python3.11"
            ? worker.Python("""
                from snapshot_restore_py import register_after_restore
                @register_after_restore
                def connect():
                    raise ValueError("no database")
                def handler(event, context):
                    return 1
                """)
            : worker.Node("""
                require('v8').startupSnapshot.addDeserializeCallback(() => { throw new RangeError('no database'); });
                exports.handler = async () => 1;
                """);

        await SnapshotAsync(worker, function);
        var outcome = await worker.InvokeAsync(function, tail: true);

        Assert.Equal((runtime == "python3.11" ? "ValueError" : "RangeError", "no database"), WorkerFixture.Failure(outcome));
        Assert.Equal(SandboxStart.FunctionSnapshot, outcome.Start);
        Assert.Contains("no database", WorkerFixture.Text(outcome.LogTail), StringComparison.Ordinal);
        Assert.Contains("Error Type: Runtime.AfterRestoreError", WorkerFixture.Text(outcome.LogTail), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_does_not_end_after_the_restore_is_ended_at_its_limit()
    {
        await using var worker = Start(configure: static options => options with { RestoreTimeout = TimeSpan.FromSeconds(1) });
        var function = worker.Python("""
            import time
            from snapshot_restore_py import register_after_restore
            register_after_restore(time.sleep, 1000)
            def handler(event, context):
                return 1
            """);

        await SnapshotAsync(worker, function);
        var (type, message) = WorkerFixture.Failure(await worker.InvokeAsync(function));

        Assert.Equal("SnapStartTimeoutException", type);
        Assert.EndsWith("took more than 1 seconds", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hook_that_fails_before_the_snapshot_prevents_it_and_the_function_starts_without()
    {
        await using var worker = Start();
        var function = worker.Python("""
            from snapshot_restore_py import register_before_snapshot
            @register_before_snapshot
            def close():
                raise ValueError("cannot close")
            def handler(event, context):
                return 1
            """);

        worker.Worker.Prepare(function);
        var outcome = await worker.InvokeAsync(function);

        Assert.Equal((SandboxStart.BaseSnapshot, InvokeStatus.Succeeded), (outcome.Start, outcome.Status));
        Assert.True(worker.Driver.NeedsSnapshot(function));
    }
}
