using System.Security.Cryptography;

namespace Glue.Functions.FunctionalTests;

/// <summary>The runtime client, by the published echo function.</summary>
public sealed class EchoTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(17_000)]
    [InlineData(6 * 1024 * 1024)]
    public async Task An_event_of_any_size_comes_back_as_it_was(int size)
    {
        var payload = RandomNumberGenerator.GetBytes(size);
        await using var function = await FunctionProcess.StartAsync("echo");
        Assert.Equal(payload, (await function.InvokeAsync(payload)).Expect(succeeded: true).Payload);
        Assert.Equal("next"u8.ToArray(), (await function.InvokeAsync("next"u8.ToArray())).Payload);
    }

    [Fact]
    public async Task A_runtime_api_that_closes_its_connections_is_connected_to_again()
    {
        await using var function = await FunctionProcess.StartAsync("echo");
        function.ClosesConnections = true;
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal([(byte)i], (await function.InvokeAsync(new[] { (byte)i })).Expect(succeeded: true).Payload);
        }
    }

    [Fact]
    public async Task A_function_without_a_runtime_api_says_so_and_ends()
    {
        var result = await Cli.RunAsync(Repository.Artifact("functions/echo/bootstrap"), [], new Dictionary<string, string> { ["AWS_LAMBDA_RUNTIME_API"] = "127.0.0.1:9" });
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No connection to 127.0.0.1:9", result.Output, StringComparison.Ordinal);
    }
}
