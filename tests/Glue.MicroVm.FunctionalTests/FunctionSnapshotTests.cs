using System.Text.Json;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.FunctionalTests;
using Xunit.Abstractions;

namespace Glue.MicroVm.FunctionalTests;

/// <summary>Sandboxes that start from the snapshot of their function.</summary>
public sealed class FunctionSnapshotTests(ITestOutputHelper output) : MicroVmTest(output)
{
    [Theory]
    [InlineData("nodejs20.x", "the image's")]
    [NodeVersionData("nodejs22.x", only: "beside the image")]
    [NodeVersionData("nodejs24.x", only: "beside the image")]
    public async Task Three_clones_of_a_node_function_share_no_randomness_no_tmp_and_know_the_time(string runtime, string _)
    {
        await using var worker = Start();
        var function = worker.Node("""
            const crypto = require('crypto');
            const fs = require('fs');
            const drawnAtInit = crypto.randomUUID();
            exports.handler = async () => {
              const left = fs.readdirSync('/tmp');
              fs.writeFileSync('/tmp/mine', 'x');
              const ofAnother = process.env.MINE ?? null;
              process.env.MINE = 'x';
              await new Promise((go) => setTimeout(go, 1500));
              return {
                left, ofAnother, now: Date.now(), math: Math.random(), uuid: crypto.randomUUID(), web: globalThis.crypto.randomUUID(),
                bytes: crypto.randomBytes(16).toString('hex'),
                late: (await new Promise((done) => crypto.randomBytes(16, (e, b) => done(b)))).toString('hex'),
                key: crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'der' }).toString('hex'),
                kernel: fs.readFileSync('/proc/sys/kernel/random/uuid', 'utf8'), release: require('os').release(), drawnAtInit,
              };
            };
            """) with { Runtime = runtime, Timeout = TimeSpan.FromMinutes(5) };

        var clones = await ThreeClonesAsync(worker, function);

        AssertDistinct(clones, "math", "uuid", "web", "bytes", "late", "key", "kernel");
        Assert.Single(clones.Select(each => each["drawnAtInit"].GetString()).Distinct()); // they are clones
        Assert.All(clones, each => Assert.Equal(0, each["left"].GetArrayLength()));
        Assert.All(clones, each => Assert.Equal(JsonValueKind.Null, each["ofAnother"].ValueKind));
        Assert.All(clones, each => Assert.EndsWith("cloud-amd64", each["release"].GetString(), StringComparison.Ordinal));
        AssertRightTime(clones);
    }

    [Fact]
    public async Task Three_clones_of_a_python_function_share_no_randomness_and_know_the_time()
    {
        await using var worker = Start();
        var function = worker.Python("""
            import os, random, secrets, ssl, tempfile, time, uuid
            drawn_at_init = random.random()
            def handler(event, context):
                time.sleep(1.5)
                return {"now": int(time.time() * 1000), "random": random.random(), "urandom": os.urandom(16).hex(), "secret": secrets.token_hex(),
                        "uuid": str(uuid.uuid4()), "openssl": ssl.RAND_bytes(16).hex(), "name": tempfile.mktemp(), "at_init": drawn_at_init}
            """);

        var clones = await ThreeClonesAsync(worker, function);

        AssertDistinct(clones, "random", "urandom", "secret", "uuid", "openssl", "name");
        Assert.Single(clones.Select(each => each["at_init"].GetDouble()).Distinct());
        AssertRightTime(clones);
    }

    [Fact]
    public async Task A_custom_runtime_starts_from_its_snapshot_and_its_handler_ran_only_for_real_events()
    {
        await using var worker = Start();
        var function = worker.Provided("""
            #!/bin/sh
            count=0
            while :; do
              head=$(mktemp)
              python3 - <<'E' >"$head"
            import http.client
            c = http.client.HTTPConnection("127.0.0.1", 9001)
            c.request("GET", "/2018-06-01/runtime/invocation/next")
            print(c.getresponse().headers["Lambda-Runtime-Aws-Request-Id"])
            E
              count=$((count + 1))
              python3 - "$(cat "$head")" "$count" <<'E'
            import http.client, sys
            c = http.client.HTTPConnection("127.0.0.1", 9001)
            c.request("POST", f"/2018-06-01/runtime/invocation/{sys.argv[1]}/response", sys.argv[2])
            c.getresponse().read()
            E
            done
            """);

        await SnapshotAsync(worker, function);
        var outcome = await worker.InvokeAsync(function);

        Assert.Equal(SandboxStart.FunctionSnapshot, outcome.Start);
        Assert.Equal("1", WorkerFixture.Text(outcome.Payload));
    }

    [Fact]
    public async Task A_CSharp_function_is_warmed_by_the_runtime_client_and_starts_from_its_snapshot()
    {
        await using var worker = Start();
        var bootstrap = await File.ReadAllBytesAsync(Repository.Artifact("functions/echo/bootstrap"));
        var function = worker.Function("provided.al2023", "any", ("bootstrap", bootstrap, CodeZip.Executable));

        await SnapshotAsync(worker, function);
        var outcome = await worker.InvokeAsync(function, """{"n":1}""", tail: true);

        Assert.Equal(SandboxStart.FunctionSnapshot, outcome.Start);
        Assert.Equal("""{"n":1}""", WorkerFixture.Text(outcome.Payload));
        Assert.DoesNotContain("warm-up", WorkerFixture.Text(outcome.LogTail), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OrderFunction", "guid", "shared", "new", "bytes", "key")]
    [InlineData("Hooked", "shared", "bytes")] // drew from them before its snapshot
    public async Task Three_clones_of_a_class_library_share_no_randomness_and_know_the_time(string type, params string[] drawn)
    {
        await using var worker = Start();
        var function = worker.Function(
            "dotnet8", $"Orders::Orders.{type}::Draw", [.. ClassLibraries.Files("Orders").Select(static each => (each.Name, each.Content, CodeZip.Plain))])
            with { Timeout = TimeSpan.FromMinutes(5) }; // compiling in an emulated guest, on a busy machine

        var clones = (await ThreeClonesAsync(worker, function)).Select(static each => each with { Answer = each.Answer.GetProperty("answer") }).ToArray();

        AssertDistinct(clones, drawn);
        if (type == "Hooked")
        {
            Assert.All(clones, static each => Assert.Equal("""["init snap-start","before","after"]""", each["said"].GetRawText()));
            return;
        }

        Assert.Single(clones.Select(static each => each["made"].GetString()).Distinct()); // they are clones
        Assert.All(clones, static each => Assert.Equal(0, each["left"].GetInt32()));
        AssertRightTime(clones);
    }

    [Fact]
    public async Task A_function_that_opts_out_runs_its_init_in_every_sandbox()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => 1;") with { AllowsSnapshot = false };

        worker.Worker.Prepare(function);
        var outcome = await worker.InvokeAsync(function);

        Assert.Equal(SandboxStart.BaseSnapshot, outcome.Start);
        Assert.True(worker.Driver.NeedsSnapshot(function));
    }

    [Fact]
    public async Task A_damaged_snapshot_is_made_anew_and_the_call_meanwhile_served_without_it()
    {
        using var folder = new TempFolder();
        // Room in memory for one function's snapshot: the other is read from disk when it is wanted.
        await using var worker = Start(new MicroVmOptions { SnapshotFolder = folder.Path, SnapshotMemoryMiB = 64 });
        var function = worker.Python("def handler(e, c): return 1\n");
        var other = worker.Python("def handler(e, c): return 2\n");
        await SnapshotAsync(worker, function);
        await SnapshotAsync(worker, other);
        foreach (var memory in Directory.GetFiles(folder.Path, "memory", SearchOption.AllDirectories))
        {
            await using var file = File.OpenWrite(memory);
            file.Position = 20 << 20;
            file.Write("damaged"u8);
        }

        var outcome = await worker.InvokeAsync(function);

        Assert.Equal((SandboxStart.BaseSnapshot, InvokeStatus.Succeeded), (outcome.Start, outcome.Status));
        await SnapshotAsync(worker, function);
        await CoolAsync(worker, function);
        Assert.Equal(SandboxStart.FunctionSnapshot, (await worker.InvokeAsync(function)).Start);
    }

    [Fact]
    public async Task A_boot_without_a_sign_of_life_is_ended_tried_again_and_in_the_end_the_call_is_not_run()
    {
        await using var worker = Start(new MicroVmOptions { UseSnapshots = false, EmulatedBootTimeout = TimeSpan.FromMilliseconds(100), BootAttempts = 2 });

        var outcome = await worker.InvokeAsync(worker.Node("exports.handler = async () => 1;"));

        Assert.Equal(InvokeStatus.NotRun, outcome.Status);
        Assert.Contains("No sign of life within 0.1 s, 2 times", outcome.Reason, StringComparison.Ordinal);
        Assert.Empty(Processes.ChildrenNamed("qemu-system-x86"));
    }

    [Fact]
    public async Task An_idle_VM_takes_no_processor_time_and_knows_the_time_at_its_next_call()
    {
        await using var worker = Start(new MicroVmOptions { UseFunctionSnapshots = false, FreezeAfter = TimeSpan.FromMilliseconds(50) });
        var function = worker.Node("exports.handler = async () => Date.now();");
        var first = await worker.InvokeAsync(function);
        var vmm = Processes.ChildrenNamed("qemu-system-x86").Single();
        await FrozenAsync(vmm);

        var before = Processes.TicksOf(vmm);
        await Task.Delay(TimeSpan.FromSeconds(2)); // what must not happen takes time
        var after = Processes.TicksOf(vmm);
        var asked = DateTimeOffset.UtcNow;
        var second = await worker.InvokeAsync(function);

        Assert.InRange(after - before, 0, 4); // hundredths of a second, of the monitor's own housekeeping
        Assert.Equal(first.SandboxId, second.SandboxId);
        AssertBetween(asked, long.Parse(WorkerFixture.Text(second.Payload)), DateTimeOffset.UtcNow);
    }

    private static async Task FrozenAsync(int vmm)
    {
        using var limit = new CancellationTokenSource(Budget);
        for (long last = -1, now = Processes.TicksOf(vmm); now != last; last = now, now = Processes.TicksOf(vmm))
        {
            await Task.Delay(500, limit.Token);
        }
    }

    /// <summary>The first answers of three sandboxes of one snapshot.</summary>
    private static async Task<Clone[]> ThreeClonesAsync(WorkerFixture worker, FunctionVersion function)
    {
        await SnapshotAsync(worker, function);
        // Calls at once are clones of their own only while each finds the others' busy: what found a free one is asked again beside it.
        List<Clone> clones = [];
        for (var round = 0; round < 10 && clones.Count < 3; round++)
        {
            var answers = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => CallAsync(worker, function)));
            clones.AddRange(answers.Where(static each => each.Start != SandboxStart.Warm));
        }

        Assert.True(clones.Count >= 3, $"{clones.Count} clones in 10 rounds of three calls at once");
        Assert.All(clones, static each => Assert.Equal(SandboxStart.FunctionSnapshot, each.Start));
        Assert.Equal(clones.Count, clones.Select(static each => each.SandboxId).Distinct().Count());
        return [.. clones.Take(3)];
    }

    private static async Task<Clone> CallAsync(WorkerFixture worker, FunctionVersion function)
    {
        var asked = DateTimeOffset.UtcNow;
        var outcome = await worker.InvokeAsync(function);
        return new Clone(outcome.Start, outcome.SandboxId, WorkerFixture.Expect(outcome), asked, DateTimeOffset.UtcNow);
    }

    private static void AssertDistinct(Clone[] clones, params string[] names) =>
        Assert.All(names, name => Assert.Equal(clones.Length, clones.Select(each => each[name].GetRawText()).Distinct().Count()));

    private static void AssertRightTime(Clone[] clones) =>
        Assert.All(clones, static each => AssertBetween(each.Asked, each["now"].GetInt64(), each.Answered));

    // However long the call took: what the guest read as the time was the time during it.
    private static void AssertBetween(DateTimeOffset asked, long unixMs, DateTimeOffset answered) =>
        Assert.InRange(unixMs, asked.ToUnixTimeMilliseconds() - 1_000, answered.ToUnixTimeMilliseconds() + 1_000);

    private sealed record Clone(SandboxStart Start, string? SandboxId, JsonElement Answer, DateTimeOffset Asked, DateTimeOffset Answered)
    {
        public JsonElement this[string name] => Answer.GetProperty(name);
    }
}
