using System.Diagnostics;
using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>SIGKILL wherever it can strike.</summary>
public abstract partial class DriverContract
{
    /// <summary>Name of the process that, killed, takes a sandbox with it.</summary>
    protected abstract string SandboxProcess { get; }

    [Fact]
    public async Task A_sandbox_killed_while_idle_is_noticed_and_the_next_call_is_a_cold_start()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => 1;");
        var first = await worker.InvokeAsync(function);

        Kill(await SandboxAsync());
        await worker.UntilAsync(status => status.Sandboxes == 0);
        var next = await worker.InvokeAsync(function);

        Assert.Equal(InvokeStatus.Succeeded, next.Status);
        Assert.NotEqual(first.SandboxId, next.SandboxId);
    }

    [Fact]
    public async Task A_sandbox_killed_while_busy_fails_that_invocation_only()
    {
        await using var worker = Start();
        var function = worker.Python("import time\ndef handler(e, c):\n    print('busy')\n    time.sleep(e.get('sleep', 0))\n    return 1\n");
        var busy = worker.InvokeAsync(function, """{"sleep":15}""");
        await worker.UntilAsync(_ => worker.Logs.Of(function.Name).Contains("busy"));

        Kill(await SandboxAsync());
        var (type, message) = WorkerFixture.Failure(await busy);

        Assert.Equal("Sandbox.Failure", type);
        Assert.Contains("ended unexpectedly", message, StringComparison.Ordinal);
        Assert.Equal(InvokeStatus.Succeeded, (await worker.InvokeAsync(function)).Status);
    }

    [Fact]
    public async Task A_sandbox_killed_while_it_starts_gives_not_run_with_the_reason()
    {
        await using var worker = Start();
        var function = worker.Python("import time\nprint('initialising', flush=True)\ntime.sleep(8)\ndef handler(e, c): return 1\n");
        var starting = worker.InvokeAsync(function);
        await worker.UntilAsync(_ => worker.Logs.Of(function.Name).Contains("initialising"));

        Kill(await SandboxAsync());
        var outcome = await starting;

        Assert.Equal(InvokeStatus.NotRun, outcome.Status);
        Assert.Contains("could not start: it ended unexpectedly", outcome.Reason, StringComparison.Ordinal);
        Assert.Contains(worker.Logs.Lines, static line => line.StartsWith("The sandbox could not start: it ended unexpectedly", StringComparison.Ordinal));
        await worker.UntilAsync(status => status is { Sandboxes: 0, MemoryUsedMiB: 0 });
    }

    [Fact]
    public async Task A_killed_worker_leaves_no_process_behind()
    {
        var program = typeof(DriverContract).Assembly.Location;
        using var child = Process.Start(new ProcessStartInfo("dotnet", [program]) { RedirectStandardOutput = true, UseShellExecute = false })!;
        try
        {
            Assert.Equal("running", await child.StandardOutput.ReadLineAsync());
            var below = Processes.DescendantsOf(child.Id);
            Assert.True(below.Count >= 2, $"{below.Count} processes in two sandboxes");

            child.Kill();
            await child.WaitForExitAsync();

            for (var i = 0; below.Any(Processes.IsAlive); i++)
            {
                Assert.True(i < 250, $"{below.Count(Processes.IsAlive)} of {below.Count} processes live on after 5 s");
                await Task.Delay(20);
            }
        }
        finally
        {
            child.Kill(entireProcessTree: true);
        }
    }

    [Fact]
    public async Task A_sandbox_that_stands_still_loses_its_invocation_and_its_place_after_the_timeout_and_the_grace()
    {
        await using var worker = Start(static options => options with { AgentGrace = TimeSpan.FromSeconds(1) });
        var function = worker.Node("exports.handler = async () => 1;") with { Timeout = TimeSpan.FromSeconds(15) };
        var first = await worker.InvokeAsync(function);
        var sandbox = await SandboxAsync();
        await worker.UntilAsync(static status => status.IdleSandboxes == 1);

        Stop([sandbox, .. Processes.DescendantsOf(sandbox)]);
        var (type, message) = WorkerFixture.Failure(await worker.InvokeAsync(function));
        await worker.UntilAsync(static status => status.Sandboxes == 0);
        var next = await worker.InvokeAsync(function);

        Assert.Equal("Sandbox.Failure", type);
        Assert.Contains("its agent has stopped answering: within 16 s", message, StringComparison.Ordinal);
        Assert.Equal(InvokeStatus.Succeeded, next.Status);
        Assert.NotEqual(first.SandboxId, next.SandboxId);
    }

    [Fact]
    public async Task A_sandbox_that_ends_while_its_worker_is_behind_with_its_log_loses_nothing_of_it_nor_how_it_ended()
    {
        await using var worker = Start();
        var flood = worker.Python("""
            def handler(event, context):
                print("first")
                for n in range(400):
                    print(n, "x" * 1000)
                print("last", flush=True)
                while True:
                    pass
            """) with { Timeout = TimeSpan.FromSeconds(2) };
        worker.Logs.Arrived = static line =>
        {
            if (line == "first")
            {
                // The lateness is what is tested, beyond the function's two seconds. Nothing that could be awaited shows the sandbox's end while nobody reads.
                Thread.Sleep(TimeSpan.FromSeconds(5));
            }
        };

        var (type, _) = WorkerFixture.Failure(await worker.InvokeAsync(flood));

        Assert.Equal("Sandbox.Timedout", type);
        Assert.Contains("last", worker.Logs.Lines);
    }

    private static void Stop(IEnumerable<int> processes)
    {
        using var kill = Process.Start("kill", ["-STOP", .. processes.Select(static pid => pid.ToString(System.Globalization.CultureInfo.InvariantCulture))]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    private static void Kill(int pid) => Process.GetProcessById(pid).Kill();

    /// <summary>The one sandbox there is.</summary>
    private async Task<int> SandboxAsync()
    {
        for (var i = 0; ; i++)
        {
            var found = Processes.ChildrenNamed(SandboxProcess);
            if (found.Count == 1)
            {
                return found[0];
            }

            Assert.True(i < 250, $"{found.Count} sandboxes");
            await Task.Delay(20);
        }
    }
}
