using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;

namespace Glue.Workers.FunctionalTests;

/// <summary>Provisioned concurrency: sandboxes that are ready before anybody calls.</summary>
public abstract partial class DriverContract
{
    [Fact]
    public async Task Provisioned_sandboxes_have_run_their_init_before_the_first_call_and_know_what_they_are()
    {
        await using var worker = Start();
        var function = worker.Node(
            "const begun = Date.now(); exports.handler = async () => ({ type: process.env.AWS_LAMBDA_INITIALIZATION_TYPE, begun });") with { MemoryMiB = 128 };

        worker.Worker.Provision([new ProvisionedVersion(function, 2)]);
        await worker.UntilAsync(_ => worker.Worker.ProvisionedOf(function).Available == 2);
        var called = DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        var first = WorkerFixture.Expect(await worker.InvokeAsync(function));

        Assert.Equal("provisioned-concurrency", first.GetProperty("type").GetString());
        Assert.True(first.GetProperty("begun").GetInt64() < called, "its init ran after the call");
        Assert.Equal(2, worker.Worker.Status.Sandboxes);
    }

    [Fact]
    public async Task A_provisioned_sandbox_that_died_is_replaced_by_one_that_serves()
    {
        await using var worker = Start();
        var function = worker.Node("exports.handler = async (event) => { if (event.die) process.exit(1); return process.pid; };") with { MemoryMiB = 128 };
        worker.Worker.Provision([new ProvisionedVersion(function, 1)]);
        await worker.UntilAsync(_ => worker.Worker.ProvisionedOf(function).Available == 1);

        var died = await worker.InvokeAsync(function, """{"die":true}""");
        await worker.UntilAsync(_ => worker.Worker.Status is { Sandboxes: 1, IdleSandboxes: 1 });
        var next = await worker.InvokeAsync(function);

        Assert.Equal(InvokeStatus.FunctionError, died.Status);
        Assert.Equal(InvokeStatus.Succeeded, next.Status);
        Assert.NotEqual(died.SandboxId, next.SandboxId);
        worker.Worker.Provision([]);
        await worker.UntilAsync(status => status.Sandboxes == 0);
    }

    [Fact]
    public async Task An_init_that_fails_is_told_as_the_reason_of_the_shortage()
    {
        await using var worker = Start();
        var function = worker.Node("throw new Error('no'); exports.handler = async () => 1;") with { MemoryMiB = 128 };

        worker.Worker.Provision([new ProvisionedVersion(function, 1)]);

        await worker.UntilAsync(_ => worker.Worker.ProvisionedOf(function).Reason is { } reason && reason.Contains("init failed", StringComparison.Ordinal));
        Assert.Equal(0, worker.Worker.ProvisionedOf(function).Available);
    }
}
