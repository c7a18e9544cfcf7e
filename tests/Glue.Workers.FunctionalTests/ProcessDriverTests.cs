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

    /// <summary>With this driver only: a microVM that waits is frozen, and what it pours with it.</summary>
    [Fact]
    public async Task What_a_runtime_sends_behind_its_poll_waits_with_it_and_goes_on_with_the_event()
    {
        await using var worker = Start();
        var function = worker.Provided(PouringBootstrap) with { Timeout = TimeSpan.FromMinutes(2) };

        await worker.AnswerAsync(function, "\"behind\"");
        await worker.UntilAsync(_ => worker.Logs.Of(function.Name).Contains("poured"));
        var said = await worker.AnswerAsync(function);

        Assert.InRange(said.GetProperty("taken").GetInt32(), 1, PouredAtMost - 1);
        Assert.Equal(said.GetProperty("asked").GetInt32(), said.GetProperty("refused").GetInt32());
    }

    /// <summary>With this driver only: in an emulated guest it takes minutes.</summary>
    [Fact]
    public async Task The_storage_port_carries_64_MB_up_and_down_without_a_changed_byte()
    {
        await using var worker = Start();
        var function = EchoedBytes(worker) with { Timeout = TimeSpan.FromMinutes(5) };

        Assert.Equal(1, (await worker.AnswerAsync(function, """{"connections":1,"bytes":64000000}""")).GetInt32());
    }
}
