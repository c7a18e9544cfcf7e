namespace Glue.Host.FunctionalTests;

/// <summary>The functions that are there from the start.</summary>
public sealed class BuiltInFunctionTests
{
    [Fact]
    public async Task They_are_deployed_by_a_host_whose_heap_has_64_MiB()
    {
        using var folder = new TempFolder();

        await using var stack = await Stack.StartWithinAsync(64, folder["data"]);

        foreach (var function in new[] { "thumbnail", "decompress", "transform" })
        {
            using var deployed = await stack.Lambda.SendAsync(HttpMethod.Get, $"/2015-03-31/functions/{function}/configuration", body: null);
            Assert.Equal(System.Net.HttpStatusCode.OK, deployed.StatusCode);
        }
    }
}
