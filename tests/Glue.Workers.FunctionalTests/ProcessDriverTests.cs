using Glue.Contracts.Invocations;
using Xunit.Abstractions;

namespace Glue.Workers.FunctionalTests;

public sealed class ProcessDriverTests(ITestOutputHelper output) : DriverContract(output)
{
    protected override string SandboxProcess => "bwrap";

    /// <summary>With this driver only: in an emulated guest it takes a minute, and the limit is the agent's in both.</summary>
    [Fact]
    public async Task A_stream_may_be_200_MiB_long_and_what_is_longer_fails_without_harm_to_the_sandbox()
    {
        const int limit = 200 * 1024 * 1024;
        await using var worker = Start();
        var function = worker.Provided(StreamingBootstrap) with { Timeout = TimeSpan.FromMinutes(5) };

        var longest = await StreamLengthAsync(worker, function, limit);
        var tooLong = await StreamLengthAsync(worker, function, limit + 1);
        var after = await StreamLengthAsync(worker, function, 1);

        Assert.Equal((limit, InvokeStatus.Succeeded), (longest.Bytes, longest.Outcome.Status));
        Assert.Equal(
            ("Function.ResponseSizeTooLarge", "Response payload size exceeded maximum allowed payload size (209715200 bytes)."), WorkerFixture.Failure(tooLong.Outcome));
        Assert.InRange(tooLong.Bytes, limit - 65_536, limit);
        Assert.Equal((1, longest.Outcome.SandboxId), (after.Bytes, after.Outcome.SandboxId));
    }
}
