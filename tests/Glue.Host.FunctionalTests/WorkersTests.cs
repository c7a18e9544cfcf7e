using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Amazon.S3;

namespace Glue.Host.FunctionalTests;

/// <summary>Several workers in one process (<c>Workers:Count</c>), told apart by their series in /metrics.</summary>
public sealed partial class WorkersTests : IDisposable
{
    // Two functions of 256 MB fit on each.
    private const string TwoWorkers = """{ "Workers": { "Count": 2, "MemoryBudgetMiB": 1024 } }""";

    // Answers with its sandbox, as soon as the bucket has an object "go".
    private const string Waiter = """
        import { randomUUID } from 'node:crypto';
        const sandbox = randomUUID();
        const store = `${process.env.AWS_ENDPOINT_URL_S3}/meetings/`;
        export const handler = async ({ name }) => {
          await fetch(store + name, { method: 'PUT', body: 'x' });
          while (!(await fetch(store + 'go')).ok) await new Promise(done => setTimeout(done, 50));
          return sandbox;
        };
        """;

    private readonly TempFolder _folder = new();
    private readonly HttpClient _http = new();

    public void Dispose()
    {
        _http.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_function_of_a_runtime_that_the_workers_do_not_have_is_refused_when_it_is_deployed_or_changed()
    {
        await using var stack = await Stack.StartAsync(_folder["data"], """{ "Workers": { "Interpreters": { "python3.14": "/nowhere" } } }""");
        await stack.Lambda.CreateAsync("known", "provided.al2", "any", Zip.Of("bootstrap", "#!/bin/sh"));

        var refused = await stack.BotoAsync("""
            for call in (lambda: client.create_function(FunctionName='new', Runtime='python3.14', Handler='app.handler', Role='arn:aws:iam::000000000000:role/any', Code={'ZipFile': b'x'}),
                         lambda: client.update_function_configuration(FunctionName='known', Runtime='python3.14')):
                try:
                    call()
                except client.exceptions.InvalidParameterValueException as e:
                    print(e)
            """);

        Assert.Equal(2, refused.Split("Workers:Interpreters:python3.14 is of no use: /nowhere/bin/python3 cannot be run").Length - 1);
    }

    [Fact]
    public async Task Concurrent_invocations_are_spread_over_all_workers_and_a_change_of_the_function_retires_its_sandboxes_on_each()
    {
        await using var stack = await Stack.StartAsync(_folder["data"], TwoWorkers);
        using var s3 = stack.Sdk();
        await s3.PutBucketAsync("meetings");
        await stack.Lambda.CreateAsync("waiter", "nodejs20.x", "index.handler", Zip.Of("index.mjs", Waiter));
        List<Task<LambdaApi.Answer>> calls = [];
        for (var i = 0; i < 4; i++)
        {
            // All four are running at the same time at last: no worker has room for more than two.
            calls.Add(stack.Lambda.InvokeAsync("waiter", $$"""{"name":"{{i}}"}"""));
            await stack.UntilAsync(async () => (await s3.ListObjectsV2Async(new() { BucketName = "meetings" })).S3Objects?.Count == calls.Count);
        }

        var busy = await SandboxesAsync(stack);
        await s3.PutObjectAsync(new() { BucketName = "meetings", Key = "go", ContentBody = "x" });
        var answers = await Task.WhenAll(calls);
        await stack.UntilAsync(async () => await IdleAsync(stack) == (2, 2));
        var counted = await MetricAsync(stack, "glue_workers_invocations_total", "status", "succeeded");
        await stack.Lambda.UpdateAsync("waiter", new JsonObject { ["Description"] = "changed" });
        await stack.UntilAsync(async () => await SandboxesAsync(stack) == (0, 0));
        var next = await stack.Lambda.InvokeAsync("waiter", """{"name":"next"}""");

        Assert.Equal((2, 2), busy);
        Assert.Equal((2, 2), counted);
        Assert.All(answers, static answer => Assert.Null(answer.Error));
        var sandboxes = answers.Select(static answer => answer.Payload).ToHashSet();
        Assert.Equal(4, sandboxes.Count);
        Assert.DoesNotContain(next.Payload, sandboxes);
    }

    [Fact]
    public async Task An_invocation_goes_to_the_worker_with_a_warm_sandbox_although_another_has_more_memory()
    {
        await using var stack = await Stack.StartAsync(_folder["data"], TwoWorkers);
        await stack.Lambda.CreateAsync("solo", "nodejs20.x", "index.handler", Zip.Of("index.mjs", """
            import { randomUUID } from 'node:crypto';
            const sandbox = randomUUID();
            export const handler = async () => sandbox;
            """));
        HashSet<string> sandboxes = [];
        for (var i = 0; i < 10; i++)
        {
            sandboxes.Add((await stack.Lambda.InvokeAsync("solo")).Payload);
            await stack.UntilAsync(async () => await IdleAsync(stack) is (1, 0) or (0, 1));
        }

        Assert.Single(sandboxes);
    }

    [Fact]
    public async Task Provisioned_sandboxes_are_shared_out_and_come_back_on_all_workers_and_on_one_when_there_are_no_others_any_more()
    {
        await using (var stack = await Stack.StartAsync(_folder["data"], TwoWorkers))
        {
            await stack.Lambda.CreateAsync("warm", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): return 1"));
            using var version = await stack.Lambda.SendAsync(HttpMethod.Post, "/2015-03-31/functions/warm/versions", new JsonObject());
            Assert.Equal("1", (string)(await version.Content.ReadFromJsonAsync<JsonNode>())!["Version"]!);
            using var asked = await stack.Lambda.SendAsync(
                HttpMethod.Put, "/2019-09-30/functions/warm/provisioned-concurrency?Qualifier=1", new JsonObject { ["ProvisionedConcurrentExecutions"] = 3 });
            Assert.True(asked.IsSuccessStatusCode, await asked.Content.ReadAsStringAsync());
            await stack.UntilAsync(async () => await IdleAsync(stack) == (2, 1));
            Assert.Equal(0, await stack.Process.InterruptAsync(TimeSpan.FromSeconds(30)));
        }

        await using (var stack = await Stack.StartAsync(_folder["data"], TwoWorkers))
        {
            await stack.UntilAsync(async () => await IdleAsync(stack) == (2, 1));
            await stack.Process.KillAsync();
        }

        Assert.True(Directory.Exists(_folder["data/worker/worker-2"]));
        await using (var stack = await Stack.StartAsync(_folder["data"]))
        {
            await stack.UntilAsync(async () => await IdleAsync(stack) == (3, null));
            Assert.Equal(["code", "etc"], Directory.EnumerateFileSystemEntries(_folder["data/worker"]).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        }
    }

    private Task<(int?, int?)> SandboxesAsync(Stack stack) => MetricAsync(stack, "glue_workers_sandboxes");

    private Task<(int?, int?)> IdleAsync(Stack stack) => MetricAsync(stack, "glue_workers_sandboxes_idle");

    /// <summary>A metric of the first and the second worker; null: it has no such series.</summary>
    private async Task<(int? First, int? Second)> MetricAsync(Stack stack, string name, string? label = null, string? value = null)
    {
        var found = new Dictionary<string, int>();
        foreach (var line in (await _http.GetStringAsync(stack.Process.Api + "/metrics")).Split('\n'))
        {
            if (Sample().Match(line) is { Success: true } sample && sample.Groups["name"].Value == name
                && (label is null || sample.Groups["more"].Value == $",{label}=\"{value}\""))
            {
                found.Add(sample.Groups["worker"].Value, int.Parse(sample.Groups["value"].Value, CultureInfo.InvariantCulture));
            }
        }

        return (Of("local"), Of("local-2"));

        int? Of(string worker) => found.TryGetValue(worker, out var number) ? number : null;
    }

    [GeneratedRegex("""^(?<name>\w+)\{worker="(?<worker>[^"]*)"(?<more>[^}]*)\} (?<value>\d+)$""")]
    private static partial Regex Sample();
}
