using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.S3;

namespace Glue.Host.FunctionalTests;

/// <summary>A stack that is told to end.</summary>
public sealed class ShutdownTests
{
    private const string Settings = """
        {
          "Dispatcher": { "MaxAsyncInvocations": 2, "DrainTimeout": "00:00:03", "RetryDelays": ["00:00:00.1"] },
          "Workers": { "DrainTimeout": "00:00:03" }
        }
        """;

    [Fact]
    public async Task Ctrl_C_lets_short_work_finish_within_the_drain_time_and_keeps_the_rest_for_the_next_start()
    {
        using var folder = new TempFolder();
        List<ProcessTree.Entry> started;
        await using (var stack = await Stack.StartAsync(folder["data"], Settings))
        {
            using var s3 = stack.Sdk();
            await s3.PutBucketAsync("naps");
            await stack.Lambda.CreateAsync("nap", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
                const put = (key) => fetch(`${process.env.AWS_ENDPOINT_URL_S3}/naps/${key}`, { method: 'PUT', body: 'x' });
                export const handler = async ({ name, seconds }) => {
                  await put(`started/${name}`);
                  await new Promise(done => setTimeout(done, seconds * 1000));
                  if (!(await put(`done/${name}`)).ok) throw new Error('the store refused');
                };
                """));
            await stack.Lambda.InvokeLaterAsync("nap", """{"name":"short","seconds":1}""");
            await stack.Lambda.InvokeLaterAsync("nap", """{"name":"long","seconds":20}""");
            await stack.Lambda.InvokeLaterAsync("nap", """{"name":"queued-1","seconds":0}""");
            await stack.Lambda.InvokeLaterAsync("nap", """{"name":"queued-2","seconds":0}""");
            await stack.UntilAsync(async () => (await KeysAsync(s3, "started/")).Count >= 2);
            var caller = stack.Lambda.InvokeAsync("nap", """{"name":"called","seconds":60}""");
            await stack.UntilAsync(async () => (await KeysAsync(s3, "started/")).Contains("started/called"));
            started = ProcessTree.DescendantsOf(stack.Process.Id);

            var clock = Stopwatch.StartNew();
            var exitCode = await stack.Process.InterruptAsync(TimeSpan.FromSeconds(30));

            Assert.True(exitCode == 0, $"exit code {exitCode}\n{stack.Process.Log}");
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(15), $"it took {clock.Elapsed}\n{stack.Process.Log}");
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => caller); // nobody promised it a second life
            Assert.False(File.Exists(folder["data/endpoints.json"]));
        }

        Assert.NotEmpty(started);
        await ProcessTree.ExpectGoneAsync(started);

        await using var next = await Stack.StartAsync(folder["data"], Settings);
        using var store = next.Sdk();
        Assert.Contains("done/short", await KeysAsync(store, "done/"));
        await next.UntilAsync(async () => (await KeysAsync(store, "done/")).Count == 4);
        JsonArray rows = [];
        await next.UntilAsync(async () => (rows = await next.Lambda.InvocationsAsync("function=nap")).All(static row => (string)row!["state"]! == "succeeded"));
        Assert.Equal(4, rows.Count);
        Assert.Equal(1, (int)rows[^1]!["attempts"]!); // the short one, accepted first
    }

    private static async Task<List<string>> KeysAsync(AmazonS3Client s3, string prefix) =>
        [.. ((await s3.ListObjectsV2Async(new() { BucketName = "naps", Prefix = prefix })).S3Objects ?? []).Select(static found => found.Key)];
}
