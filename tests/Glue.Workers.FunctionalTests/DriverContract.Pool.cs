using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>Who gets which sandbox.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task Sequential_calls_use_one_sandbox_however_fast_they_follow()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => 1;");

        var sandboxes = new HashSet<string>();
        for (var i = 0; i < 500; i++)
        {
            sandboxes.Add((await worker.InvokeAsync(function)).SandboxId!);
        }

        Assert.Single(sandboxes);
    }

    [Fact]
    public async Task Concurrent_calls_never_share_a_sandbox_and_never_start_more_than_there_are_callers()
    {
        await using var worker = Start();
        var function = worker.Node("let busy = false; exports.handler = async () => { const was = busy; busy = true; await new Promise(r => setTimeout(r, 20)); busy = false; return was; };")
            with { MemoryMiB = 128 };

        var outcomes = await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            var overlaps = 0;
            for (var i = 0; i < 10; i++)
            {
                overlaps += (await worker.AnswerAsync(function)).GetBoolean() ? 1 : 0;
            }

            return overlaps;
        }));

        Assert.Equal(0, outcomes.Sum());
        Assert.InRange(worker.Worker.Status.Sandboxes, 1, 4);
    }

    [Fact]
    public async Task Another_revision_never_meets_the_sandbox_of_the_former()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => process.env.WHICH;");
        var first = function with { Environment = new Dictionary<string, string> { ["WHICH"] = "first" } };
        var second = function with { RevisionId = "second", Environment = new Dictionary<string, string> { ["WHICH"] = "second" } };

        Assert.Equal("first", (await worker.AnswerAsync(first)).GetString());
        Assert.Equal("second", (await worker.AnswerAsync(second)).GetString());

        await worker.Worker.RetireAsync(function.Arn[..function.Arn.LastIndexOf(':')], CancellationToken.None);
        await worker.UntilAsync(status => status is { Sandboxes: 0, MemoryUsedMiB: 0 });
    }

    [Fact]
    public async Task An_idle_sandbox_is_given_up_for_another_function_and_without_room_a_call_is_not_run()
    {
        await using var worker = Start(options => options with { MemoryBudgetMiB = 300, RoomTimeout = TimeSpan.FromSeconds(1) });
        var first = worker.Node("exports.handler = async () => 1;");
        var slow = worker.Node("exports.handler = async () => new Promise(r => setTimeout(r, 4000));");

        await worker.AnswerAsync(first);
        var running = worker.InvokeAsync(slow); // 256 MiB: the idle one must go
        await worker.UntilAsync(status => status is { Sandboxes: 1, IdleSandboxes: 0 });
        var refused = await worker.InvokeAsync(first);
        var never = await worker.InvokeAsync(first with { MemoryMiB = 400 });

        Assert.Equal(InvokeStatus.NotRun, refused.Status);
        Assert.Contains("No room for a sandbox of 256 MB within 1 s: 256 of 300 MB", refused.Reason, StringComparison.Ordinal);
        Assert.Contains("raise the worker's memory budget", never.Reason, StringComparison.Ordinal);
        Assert.Equal(InvokeStatus.Succeeded, (await running).Status);
    }

    [Fact]
    public async Task An_idle_sandbox_is_torn_down_after_the_idle_timeout()
    {
        await using var worker = Start(options => options with { IdleTimeout = TimeSpan.FromSeconds(1) });
        await worker.AnswerAsync(worker.Node("exports.handler = async () => 1;"));

        Assert.Equal(1, worker.Worker.Status.IdleSandboxes);
        await worker.UntilAsync(status => status is { Sandboxes: 0, MemoryUsedMiB: 0 });
    }

    [Fact]
    public async Task A_caller_that_leaves_while_waiting_leaves_a_warm_sandbox_behind()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async () => 1;");
        using var leave = new CancellationTokenSource();

        var waiting = worker.Worker.InvokeAsync(function, WorkerFixture.Request(), leave.Token);
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await worker.UntilAsync(status => status.IdleSandboxes == 1);
    }

    [Fact]
    public async Task Bad_code_is_a_clear_failure_of_its_function()
    {
        await using var worker = Start();
        var notZip = WorkerFixture.Describe("nodejs20.x", "index.handler", worker.Code.AddRaw("this is no zip"u8.ToArray()));
        var climbing = worker.Function("nodejs20.x", "index.handler", ("../evil.js", [1], CodeZip.Plain));
        var unknown = WorkerFixture.Describe("nodejs20.x", "index.handler", "no such digest");

        var (type, message) = await worker.FailureAsync(notZip);
        Assert.Equal("Runtime.InvalidCode", type);
        Assert.Contains("not a zip", message, StringComparison.Ordinal);
        Assert.Contains("leads out of the code", (await worker.FailureAsync(climbing)).Message, StringComparison.Ordinal);
        Assert.Equal(InvokeStatus.NotRun, (await worker.InvokeAsync(unknown)).Status);
        Assert.Contains("ruby3.3", (await worker.FailureAsync(WorkerFixture.Describe("ruby3.3", "x", worker.Code.Add(("a", [1], CodeZip.Plain))))).Message, StringComparison.Ordinal);
        await worker.UntilAsync(status => status.Sandboxes == 0);
    }
}
