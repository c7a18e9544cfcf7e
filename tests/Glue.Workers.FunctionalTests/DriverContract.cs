using Glue.Contracts.Invocations;
using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

/// <summary>What every sandbox driver must do, whatever it is made of.</summary>
public abstract partial class DriverContract(ITestOutputHelper output)
{
    [Fact]
    public async Task A_node_handler_answers_cold_and_then_warm_in_the_same_sandbox()
    {
        await using var worker = Start();
        var echo = worker.Node("exports.handler = async (event) => ({ got: event });");

        var cold = await worker.InvokeAsync(echo, """{"a":1}""");
        var warm = await worker.InvokeAsync(echo, """{"a":2}""");

        Assert.Equal("""{"got":{"a":1}}""", WorkerFixture.Text(cold.Payload));
        Assert.Equal("""{"got":{"a":2}}""", WorkerFixture.Text(warm.Payload));
        Assert.NotEqual(SandboxStart.Warm, cold.Start);
        Assert.Equal(SandboxStart.Warm, warm.Start);
        Assert.Equal(cold.SandboxId, warm.SandboxId);
        Assert.True(cold.InitDuration > TimeSpan.Zero && warm.InitDuration == TimeSpan.Zero);
    }

    [Fact]
    public async Task A_python_handler_answers_cold_and_then_warm_in_the_same_sandbox()
    {
        await using var worker = Start();
        var echo = worker.Python("def handler(event, context):\n    return {'got': event}\n");

        var cold = await worker.InvokeAsync(echo, """{"a": 1}""");
        var warm = await worker.InvokeAsync(echo, """{"a": 2}""");

        Assert.Equal("""{"got": {"a": 1}}""", WorkerFixture.Text(cold.Payload));
        Assert.Equal("""{"got": {"a": 2}}""", WorkerFixture.Text(warm.Payload));
        Assert.Equal(SandboxStart.Warm, warm.Start);
        Assert.Equal(cold.SandboxId, warm.SandboxId);
    }

    protected WorkerFixture Start(Func<WorkersOptions, WorkersOptions>? configure = null) => WorkerFixture.Start(output, configure);
}
