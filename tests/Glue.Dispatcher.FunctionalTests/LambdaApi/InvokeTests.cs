using System.Text;
using System.Text.Json;
using Glue.Dispatcher.Functions;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.FunctionalTests.LambdaApi;

/// <summary>Synchronous invocations, and what a restart keeps.</summary>
public sealed class InvokeTests : IDisposable
{
    private const string Invocations = "/2015-03-31/functions/f/invocations";
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_functions_error_is_a_200_with_its_document_and_the_error_header()
    {
        await using var server = await StartAsync();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.Failed("bad luck", "the log\n"));
        var answer = await server.SendAsync(HttpMethod.Post, Invocations, "{}", header: ("X-Amz-Log-Type", "Tail"));
        Assert.Equal((200, "Unhandled", "$LATEST"), (answer.Status, answer.Headers["X-Amz-Function-Error"], answer.Headers["X-Amz-Executed-Version"]));
        Assert.Equal("bad luck", answer.Json.GetProperty("errorMessage").GetString());
        Assert.Equal("the log\n", Encoding.UTF8.GetString(Convert.FromBase64String(answer.Headers["X-Amz-Log-Result"])));
    }

    [Fact]
    public async Task Workers_are_told_to_prepare_each_deployed_revision_and_the_tag_forbids_a_snapshot()
    {
        await using var server = await StartAsync();
        await server.SendAsync(HttpMethod.Put, "/2015-03-31/functions/f/configuration", """{"MemorySize":256}""");
        var forbidding = DispatcherServer.NewFunction("secretive");
        forbidding["Tags"] = new Dictionary<string, string> { ["glue:snapshot"] = "off" };
        await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions", JsonSerializer.Serialize(forbidding));
        Assert.Equal(
            [("f", 128, true), ("f", 256, true), ("secretive", 128, false)],
            server.Worker.Prepared.Select(version => (version.Name, version.MemoryMiB, version.AllowsSnapshot)));
        Assert.Equal(3, server.Worker.Prepared.Select(version => version.RevisionId).Distinct().Count());
    }

    [Fact]
    public async Task What_could_not_be_run_is_503_with_the_workers_reason()
    {
        await using var server = await StartAsync();
        server.Worker.Script = (_, _, _) => Task.FromResult(FakeWorker.NotRun("no memory left; stop something"));
        Assert.Equal("no memory left; stop something", (await server.SendAsync(HttpMethod.Post, Invocations, "{}")).ExpectError(503, "ServiceException"));
        server.Worker.Script = (_, _, _) => throw new IOException("the sandbox is gone");
        Assert.Contains("the sandbox is gone", (await server.SendAsync(HttpMethod.Post, Invocations, "{}")).ExpectError(503, "ServiceException"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Over_the_accounts_concurrency_a_call_is_throttled_and_the_next_one_is_not()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(options => options with { AccountConcurrency = 1 });
        server.Worker.Script = async (_, _, _) =>
        {
            started.TrySetResult();
            await release.Task;
            return FakeWorker.Succeeded("1"u8.ToArray());
        };
        var first = server.SendAsync(HttpMethod.Post, Invocations, "{}");
        await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        var throttled = await server.SendAsync(HttpMethod.Post, Invocations, "{}");
        Assert.Equal("Rate Exceeded.", throttled.ExpectError(429, "TooManyRequestsException"));
        Assert.Equal("ConcurrentInvocationLimitExceeded", throttled.Json.GetProperty("Reason").GetString());
        release.SetResult();
        Assert.Equal(200, (await first).Status);
        Assert.Equal(200, (await server.SendAsync(HttpMethod.Post, Invocations, "{}")).Status);
    }

    [Fact]
    public async Task A_caller_that_leaves_does_not_end_the_function_nor_keep_its_place()
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskCompletionSource<CancellationToken>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await StartAsync(options => options with { AccountConcurrency = 1 });
        server.Worker.Script = async (_, request, token) =>
        {
            started.TrySetResult(token);
            await release.Task;
            return FakeWorker.Succeeded(request.Payload.ToArray());
        };
        using var leave = new CancellationTokenSource();
        var call = server.SendAsync(HttpMethod.Post, Invocations, "{}", cancellationToken: leave.Token);
        var token = await started.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await leave.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.False(token.IsCancellationRequested);
        release.SetResult();
        for (var i = 0; ; i++)
        {
            var answer = await server.SendAsync(HttpMethod.Post, Invocations, "{}");
            if (answer.Status == 200)
            {
                break;
            }

            Assert.InRange(i, 0, 1000); // 429 until the first one's place is free
        }
    }

    [Fact]
    public async Task A_body_sent_in_chunks_is_read_whole()
    {
        await using var server = await StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(server.Endpoint + Invocations));
        var payload = Encoding.UTF8.GetBytes($"\"{new string('x', 300_000)}\"");
        new Glue.Foundation.Signing.SigV4Signer(TimeProvider.System).Sign(
            request, DispatcherServer.Key, "eu-central-1", "lambda", Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(payload)));
        request.Content = new StreamContent(new MemoryStream(payload));
        request.Headers.TransferEncodingChunked = true;
        using var response = await server.Client.SendAsync(request);
        Assert.Equal(payload, await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Functions_their_policies_and_code_are_there_after_a_restart_and_stray_files_are_not()
    {
        string arn;
        await using (var server = await StartAsync())
        {
            var changed = await server.SendAsync(HttpMethod.Put, "/2015-03-31/functions/f/configuration", new { Environment = new { Variables = new Dictionary<string, string> { ["GLUE_OUTPUT"] = "x" } } });
            arn = changed.Json.GetProperty("FunctionArn").GetString()!;
            await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/policy", new
            {
                StatementId = "s",
                Action = "lambda:InvokeFunction",
                Principal = "s3.amazonaws.com",
                SourceArn = "arn:aws:s3:::b*",
            });
        }

        await File.WriteAllTextAsync(_folder["code/00.zip"], "of nobody");
        await File.WriteAllTextAsync(_folder["code/11.zip.x.part"], "interrupted");
        await using var next = await DispatcherServer.StartAsync(_folder);
        Assert.Single(Directory.GetFiles(_folder["code"]));
        var target = next.Services.GetRequiredService<IFunctionCatalog>().Find(arn)!;
        Assert.Equal(("000000000000", "f", "x"), (target.AccountId, target.Name, target.Environment["GLUE_OUTPUT"]));
        Assert.True(target.AllowsS3("arn:aws:s3:::bucket", "000000000000"));
        Assert.False(target.AllowsS3("arn:aws:s3:::other", "000000000000"));
        Assert.Equal("$LATEST", next.Services.GetRequiredService<IFunctionCatalog>().Find(arn + ":$LATEST")!.Qualifier);
        Assert.Null(next.Services.GetRequiredService<IFunctionCatalog>().Find(arn + ":7"));
        Assert.Null(next.Services.GetRequiredService<IFunctionCatalog>().Find("f"));
        Assert.Equal("{}", (await next.SendAsync(HttpMethod.Post, Invocations)).Text);
    }

    [Fact]
    public async Task Waiting_for_an_object_answers_as_soon_as_its_invocation_is_settled()
    {
        await using var server = await StartAsync();
        var waiting = server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?bucket=b&key=a%20%2Bü.jpg&wait=30");
        await server.Queue.EnqueueAsync(
            [
                new Contracts.Invocations.Invocation
                {
                    Id = "i1", AccountId = DispatcherServer.Account, FunctionName = "f", Payload = "{}"u8.ToArray(), AcceptedAt = TimeProvider.System.GetUtcNow(),
                    Source = new Contracts.Invocations.InvocationSource("s3", "rule", "b", "a +ü.jpg", "01"),
                },
            ], default);
        var entry = Assert.Single((await waiting).Json.GetProperty("invocations").EnumerateArray());
        Assert.Equal(("i1", "succeeded", "a +ü.jpg"),
            (entry.GetProperty("id").GetString(), entry.GetProperty("state").GetString(), entry.GetProperty("source").GetProperty("key").GetString()));
        Assert.Empty((await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations", signer: DispatcherServer.OtherKey)).Json.GetProperty("invocations").EnumerateArray());
    }

    [Fact]
    public async Task A_long_listing_is_read_page_by_page_each_row_once_while_new_ones_arrive()
    {
        await using var server = await StartAsync();
        async Task AddAsync(int from, int count) => await server.Queue.EnqueueAsync(
            [
                .. Enumerable.Range(from, count).Select(number => new Contracts.Invocations.Invocation
                {
                    Id = $"i{number}", AccountId = DispatcherServer.Account, FunctionName = "f", Payload = "{}"u8.ToArray(), AcceptedAt = TimeProvider.System.GetUtcNow(),
                }),
            ], default);
        await AddAsync(0, 5);
        var seen = new List<string>();
        var path = "/glue/v1/invocations?limit=2";
        var next = "";
        do
        {
            var page = (await server.SendAsync(HttpMethod.Get, path + next)).Json;
            seen.AddRange(page.GetProperty("invocations").EnumerateArray().Select(row => row.GetProperty("id").GetString()!));
            next = page.TryGetProperty("next", out var token) ? $"&before={token.GetString()}" : null;
            await AddAsync(seen.Count * 10, 3);
        }
        while (next is not null);
        Assert.Equal(["i4", "i3", "i2", "i1", "i0"], seen);
    }

    private async Task<DispatcherServer> StartAsync(Func<DispatcherOptions, DispatcherOptions>? configure = null)
    {
        var server = await DispatcherServer.StartAsync(_folder, configure);
        await server.DeployAsync("f");
        return server;
    }
}
