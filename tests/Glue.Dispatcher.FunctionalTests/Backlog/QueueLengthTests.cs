using System.Globalization;
using System.Text;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Accounts;
using Glue.Dispatcher.Backlog;
using Glue.Foundation.Signing;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.FunctionalTests.Backlog;

/// <summary>An account's queue length: calls beyond it are refused, storage events beyond it wait and are never lost.</summary>
public sealed class QueueLengthTests : IDisposable
{
    private const string Other = "111111111111";

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_call_beyond_the_length_is_refused_with_its_reason_until_one_before_it_is_done_and_others_are_not()
    {
        await using var server = await StartAsync();
        var release = Block(server);
        await LimitAsync(server, 2);
        var taken = ((await SendAsync(server, DispatcherServer.OtherKey)).Status, (await SendAsync(server, DispatcherServer.OtherKey)).Status);
        Assert.Equal((202, 202), taken);
        var refused = await SendAsync(server, DispatcherServer.OtherKey);
        refused.ExpectError(429, "TooManyRequestsException");
        Assert.Equal("AccountQueueLengthExceeded", refused.Json.GetProperty("Reason").GetString());
        Assert.Equal(202, (await SendAsync(server, DispatcherServer.Key)).Status);
        release.SetResult();
        await SettledAsync(server, DispatcherServer.OtherKey, 2);
        Assert.Equal(202, (await SendAsync(server, DispatcherServer.OtherKey)).Status);
    }

    [Fact]
    public async Task Storage_events_beyond_the_length_wait_outside_and_run_in_order_while_another_accounts_pass_them()
    {
        await using var server = await StartAsync();
        var release = Block(server, Other);
        await LimitAsync(server, 3);
        var entrance = server.Services.GetRequiredService<IQueueEntrance>();
        var parked = server.Services.GetRequiredService<ParkedInvocations>();
        await entrance.TakeAsync([.. Enumerable.Range(0, 10).SelectMany(i => new[] { Event(Other, i), Event(DispatcherServer.Account, i) })], default);
        await entrance.TakeAsync([.. Enumerable.Range(10, 10).Select(static i => Event(Other, i))], default);
        await entrance.TakeAsync([Event(Other, 5)], default); // a repeat, as after a crash

        await SettledAsync(server, DispatcherServer.Key, 10);
        Assert.Equal((18L, 3L), (parked.Of(Other), server.Services.GetRequiredService<QueueLengths>().Of(Other)!.Value));
        (await SendAsync(server, DispatcherServer.OtherKey)).ExpectError(429, "TooManyRequestsException");
        release.SetResult();
        await SettledAsync(server, DispatcherServer.OtherKey, 20);

        var ran = server.Worker.Requests.Where(static request => request.InvokedFunctionArn.Contains(Other, StringComparison.Ordinal))
            .Select(static request => int.Parse(Encoding.UTF8.GetString(request.Payload.Span), CultureInfo.InvariantCulture));
        Assert.Equal(Enumerable.Range(0, 20), ran);
    }

    [Fact]
    public async Task What_waits_outside_is_there_after_a_restart_and_goes_in_as_soon_as_the_limit_is_taken_back()
    {
        await using (var server = await StartAsync())
        {
            Block(server);
            await LimitAsync(server, 1);
            await server.Services.GetRequiredService<IQueueEntrance>().TakeAsync([.. Enumerable.Range(0, 600).Select(static i => Event(Other, i))], default);
            Assert.Equal(599, server.Services.GetRequiredService<ParkedInvocations>().Of(Other));
        }

        await using var next = await DispatcherServer.StartAsync(_folder);
        await LimitAsync(next, length: null);
        await SettledAsync(next, DispatcherServer.OtherKey, 600);
        Assert.Equal(0, next.Services.GetRequiredService<ParkedInvocations>().Of(Other));
    }

    private static Invocation Event(string account, int number) => new()
    {
        Id = $"{account}-{number}",
        AccountId = account,
        FunctionName = "f",
        Payload = Encoding.UTF8.GetBytes($"{number}"),
        OrderKey = "bucket/key",
        Source = new InvocationSource("s3", "rule", "bucket", "key", $"{number:X16}"),
        AcceptedAt = TimeProvider.System.GetUtcNow(),
    };

    private static Task<Answer> SendAsync(DispatcherServer server, Credential signer) =>
        server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", "1", signer, ("X-Amz-Invocation-Type", "Event"));

    private static TaskCompletionSource Block(DispatcherServer server, string? account = null)
    {
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        server.Worker.Script = async (version, request, token) =>
        {
            if (account is null || version.AccountId == account)
            {
                await release.Task.WaitAsync(token);
            }

            return FakeWorker.Succeeded(request.Payload.ToArray());
        };
        return release;
    }

    private static async Task LimitAsync(DispatcherServer server, int? length)
    {
        var accounts = server.Services.GetRequiredService<AccountStore>();
        await accounts.AddAsync(new Account { Id = Other, Name = "other", CreatedAt = DateTimeOffset.UnixEpoch });
        await accounts.ChangeAsync(Other, account => account with { QueueLength = length });
    }

    private static async Task SettledAsync(DispatcherServer server, Credential signer, int count)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            // It answers at once whenever all that is there is settled, though more is on its way in.
            var rows = (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?limit=1000&wait=2", signer: signer)).Json.GetProperty("invocations");
            if (rows.GetArrayLength() >= count && rows.EnumerateArray().All(static row => row.GetProperty("state").GetString() == "succeeded"))
            {
                Assert.Equal(count, rows.GetArrayLength());
                return;
            }

            await Task.Delay(20, limit.Token);
        }
    }

    private async Task<DispatcherServer> StartAsync()
    {
        var server = await DispatcherServer.StartAsync(_folder, static options => options with { MaxAsyncInvocations = 4 });
        await server.DeployAsync("f");
        await server.DeployAsync("f", DispatcherServer.OtherKey);
        return server;
    }
}
