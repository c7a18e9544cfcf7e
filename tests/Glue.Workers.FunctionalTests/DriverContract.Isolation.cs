using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>What a function can see and do.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task A_function_has_no_root_no_capabilities_no_host_files_and_no_network_but_its_own_loopback()
    {
        await using var worker = Start();
        var secret = Path.Combine(worker.Folder, "secret");
        await File.WriteAllTextAsync(secret, "host");
        var spy = worker.Python("""
            import os, socket, ctypes
            def attempt(action):
                try:
                    return str(action())
                except Exception as e:
                    return type(e).__name__
            def connect(host, port):
                s = socket.socket(); s.settimeout(1); s.connect((host, port)); return "connected"
            def handler(event, context):
                status = open("/proc/self/status").read()
                return {
                    "uid": os.getuid(),
                    "caps": [l for l in status.splitlines() if l.startswith(("CapEff", "CapPrm", "CapBnd", "CapInh", "CapAmb"))],
                    "noNewPrivs": "NoNewPrivs:\t1" in status,
                    "interfaces": sorted(n for _, n in socket.if_nameindex()),
                    "outside": attempt(lambda: connect("1.1.1.1", 53)),
                    "secret": attempt(lambda: open(event["secret"]).read()),
                    "shadow": attempt(lambda: open("/etc/shadow").read()),
                    "writeRoot": attempt(lambda: open("/x", "w")),
                    "writeUsr": attempt(lambda: open("/usr/x", "w")),
                    "writeTask": attempt(lambda: open("/var/task/x", "w")),
                    "writeTmp": attempt(lambda: open("/tmp/x", "w").write("1")),
                    "agentMemory": attempt(lambda: open("/proc/1/mem", "rb").read(1)),
                    "agentFds": attempt(lambda: os.listdir("/proc/1/fd")),
                    "killAgent": attempt(lambda: os.kill(1, 9)),
                    "unshare": ctypes.CDLL(None, use_errno=True).unshare(0x10000000),
                    "processes": [p for p in os.listdir("/proc") if p.isdigit() and open(f"/proc/{p}/cmdline").read()], # kernel threads have none
                    "root": sorted(os.listdir("/")),
                }
            """);

        var seen = await worker.AnswerAsync(spy, $$"""{"secret":"{{secret}}"}""");

        Assert.NotEqual(0, seen.GetProperty("uid").GetInt32());
        Assert.All(seen.GetProperty("caps").EnumerateArray(), line => Assert.EndsWith("\t0000000000000000", line.GetString(), StringComparison.Ordinal));
        Assert.True(seen.GetProperty("noNewPrivs").GetBoolean());
        Assert.Equal("""["lo"]""", seen.GetProperty("interfaces").GetRawText());
        Assert.Equal("OSError", seen.GetProperty("outside").GetString());
        Assert.Equal("FileNotFoundError", seen.GetProperty("secret").GetString());
        Assert.Equal("FileNotFoundError", seen.GetProperty("shadow").GetString());
        Assert.All(["writeRoot", "writeUsr", "writeTask"], name => Assert.Contains(seen.GetProperty(name).GetString(), new[] { "OSError", "PermissionError" }));
        Assert.Equal("1", seen.GetProperty("writeTmp").GetString());
        Assert.Equal("PermissionError", seen.GetProperty("agentMemory").GetString());
        Assert.Equal("PermissionError", seen.GetProperty("agentFds").GetString());
        Assert.Equal(-1, seen.GetProperty("unshare").GetInt32());
        Assert.Equal(2, seen.GetProperty("processes").GetArrayLength()); // the agent and the runtime
        var after = await worker.AnswerAsync(spy, $$"""{"secret":"{{secret}}"}"""); // "kill -9 1" did nothing
        Assert.Equal(seen.GetProperty("uid").GetInt32(), after.GetProperty("uid").GetInt32());
    }

    [Fact]
    public async Task The_environment_is_Lambdas_and_the_users_and_nothing_of_the_host()
    {
        Environment.SetEnvironmentVariable("GLUE_TEST_HOST_SECRET", "host");
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => process.env;") with
        {
            Environment = new Dictionary<string, string> { ["MINE"] = "yes", ["AWS_LAMBDA_FUNCTION_NAME"] = "forged", ["TZ"] = "Europe/Berlin" },
        };

        var seen = (await worker.AnswerAsync(function)).EnumerateObject().ToDictionary(each => each.Name, each => each.Value.GetString());

        Assert.Equal("yes", seen["MINE"]);
        Assert.Equal("Europe/Berlin", seen["TZ"]);
        Assert.Equal(function.Name, seen["AWS_LAMBDA_FUNCTION_NAME"]);
        Assert.Equal("127.0.0.1:9001", seen["AWS_LAMBDA_RUNTIME_API"]);
        Assert.Equal("http://127.0.0.1:9000", seen["AWS_ENDPOINT_URL_S3"]);
        Assert.Equal("256", seen["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]);
        Assert.Equal("/var/task", seen["LAMBDA_TASK_ROOT"]);
        Assert.StartsWith("ASIA", seen["AWS_ACCESS_KEY_ID"], StringComparison.Ordinal);
        Assert.Matches(@"^\d{4}/\d\d/\d\d/\[\$LATEST\][0-9a-f]{32}$", seen["AWS_LAMBDA_LOG_STREAM_NAME"]);
        Assert.DoesNotContain("GLUE_TEST_HOST_SECRET", seen.Keys);
        Assert.DoesNotContain("DOTNET_ROOT", seen.Keys);
    }

    [Fact]
    public async Task The_temporary_folder_has_its_size_keeps_between_invocations_and_is_not_shared()
    {
        await using var worker = Start();
        var filler = worker.Python("""
            import os
            def handler(event, context):
                try:
                    with open("/tmp/fill", "wb") as f:
                        for _ in range(600):
                            f.write(bytes(1024 * 1024))
                    return "filled"
                except OSError as e:
                    return [e.errno, os.listdir("/tmp")]
            """) with { EphemeralStorageMiB = 512, MemoryMiB = 128 };
        var neighbour = worker.Python("import os\ndef handler(e, c): return os.listdir('/tmp')\n");

        Assert.Equal("""[28, ["fill"]]""", (await worker.AnswerAsync(filler)).GetRawText());
        Assert.Equal("[]", (await worker.AnswerAsync(neighbour)).GetRawText());
    }

    [Fact]
    public async Task A_fork_bomb_and_a_log_flood_end_with_their_invocation_and_a_neighbour_answers_meanwhile()
    {
        await using var worker = Start();
        var bomb = worker.Python("""
            import os
            def handler(event, context):
                while True:
                    try:
                        os.fork()
                    except OSError:
                        pass
            """) with { Timeout = TimeSpan.FromSeconds(5), MemoryMiB = 128 };
        var flood = worker.Python("def handler(e, c):\n    while True: print('x' * 1000)\n") with { Timeout = TimeSpan.FromSeconds(5) };
        var neighbour = worker.Node("exports.handler = async () => 'well';");
        await worker.AnswerAsync(neighbour);

        var bombed = worker.InvokeAsync(bomb);
        var flooded = worker.InvokeAsync(flood);
        var answers = 0;
        while (!bombed.IsCompleted || !flooded.IsCompleted)
        {
            Assert.Equal("well", (await worker.AnswerAsync(neighbour)).GetString());
            answers++;
            await Task.Delay(50);
        }

        // On a busy machine the bomb starves its own agent as well: then the worker's clock ends the sandbox.
        Assert.Contains(WorkerFixture.Failure(await bombed).Type, new[] { "Sandbox.Timedout", "Runtime.OutOfMemory", "Runtime.ExitError", "Sandbox.Failure" });
        Assert.Equal("Sandbox.Timedout", WorkerFixture.Failure(await flooded).Type);
        Assert.True(answers >= 5, $"{answers} answers of the neighbour in five seconds");
        Assert.Equal("well", (await worker.AnswerAsync(neighbour)).GetString());
    }
}
