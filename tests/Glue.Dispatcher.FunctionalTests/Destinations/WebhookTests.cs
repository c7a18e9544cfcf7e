using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Glue.Dispatcher.Destinations.Webhooks;

namespace Glue.Dispatcher.FunctionalTests.Destinations;

/// <summary>Webhooks as destinations, against a real receiver.</summary>
public sealed class WebhookTests : IAsyncLifetime
{
    private const string ConfigPath = "/2019-09-25/functions/f/event-invoke-config";

    private readonly TempFolder _folder = new();
    private WebhookReceiver _receiver = null!;

    public async Task InitializeAsync() => _receiver = await WebhookReceiver.StartAsync();

    public async Task DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_success_is_posted_with_a_signature_that_the_shown_secret_verifies()
    {
        await using var server = await StartAsync();
        var secret = await AddAsync(server, "ops", "/hook?token=1");
        (await PutAsync(server, new { OnSuccess = new { Destination = "arn:glue:webhook:::ops" } })).ExpectOk();
        var id = await InvokeAsync(server);
        Assert.Equal("succeeded", await EndOfAsync(server, "function=arn:glue:webhook:::ops"));

        var (path, headers, body) = Assert.Single(_receiver.Received);
        var signed = $"{headers["webhook-id"]}.{headers["webhook-timestamp"]}.{Encoding.UTF8.GetString(body)}";
        var expected = HMACSHA256.HashData(Convert.FromBase64String(secret["whsec_".Length..]), Encoding.UTF8.GetBytes(signed));
        var record = JsonSerializer.Deserialize<JsonElement>(body);
        Assert.Equal("v1," + Convert.ToBase64String(expected), headers["webhook-signature"]);
        Assert.Equal(("/hook", "application/json"), (path, headers["content-type"]));
        Assert.Equal(("Success", id), (record.GetProperty("requestContext").GetProperty("condition").GetString(), record.GetProperty("requestContext").GetProperty("requestId").GetString()));
    }

    [Fact]
    public async Task A_receiver_that_fails_is_asked_again_with_the_same_id_until_it_takes_the_record()
    {
        await using var server = await StartAsync();
        await AddAsync(server, "ops");
        (await PutAsync(server, new { OnSuccess = new { Destination = "arn:glue:webhook:::ops" } })).ExpectOk();
        _receiver.Answer = static (context, number) =>
        {
            context.Response.StatusCode = number switch { 0 => 500, 1 => 429, _ => 204 };
            return Task.CompletedTask;
        };
        await InvokeAsync(server);
        Assert.Equal("succeeded", await EndOfAsync(server, "function=arn:glue:webhook:::ops"));
        Assert.Equal(3, _receiver.Received.Count);
        Assert.Single(_receiver.Received.Select(static one => one.Headers["webhook-id"]).Distinct());
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_what_nobody_takes_becomes_a_dead_letter_that_says_why_and_can_be_redriven()
    {
        await using var server = await StartAsync(maxAge: TimeSpan.FromSeconds(1));
        await AddAsync(server, "ops");
        (await PutAsync(server, new { OnSuccess = new { Destination = "arn:glue:webhook:::ops" } })).ExpectOk();
        _receiver.Answer = (context, _) =>
        {
            context.Response.Redirect(_receiver.Url + "/elsewhere");
            return Task.CompletedTask;
        };
        await InvokeAsync(server);
        Assert.Equal("dead", await EndOfAsync(server, "function=arn:glue:webhook:::ops"));
        var dead = (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?state=dead")).Json.GetProperty("invocations")[0];
        Assert.Contains("answered 302; redirects are not followed", dead.GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.DoesNotContain("/elsewhere", _receiver.Received.Select(static one => one.Path));

        _receiver.Answer = static (_, _) => Task.CompletedTask;
        (await server.SendAsync(HttpMethod.Post, $"/glue/v1/dead-letters/{dead.GetProperty("id").GetString()}/redrive")).ExpectOk();
        Assert.Equal("succeeded", await EndOfAsync(server, "function=arn:glue:webhook:::ops"));
    }

    [Fact]
    public async Task A_delivery_that_waits_is_made_after_a_restart()
    {
        string id;
        await using (var server = await StartAsync())
        {
            await AddAsync(server, "ops");
            (await PutAsync(server, new { OnSuccess = new { Destination = "arn:glue:webhook:::ops" } })).ExpectOk();
            var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _receiver.Answer = async (context, _) =>
            {
                asked.TrySetResult();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            };
            id = await InvokeAsync(server);
            await asked.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        _receiver.Answer = static (_, _) => Task.CompletedTask;
        await using var next = await DispatcherServer.StartAsync(_folder, Quick);
        Assert.Equal("succeeded", await EndOfAsync(next, "function=arn:glue:webhook:::ops"));
        Assert.Contains(id, _receiver.Received.Last().Headers["webhook-id"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhooks_are_their_accounts_own_and_another_account_reaches_no_private_address()
    {
        await using var server = await StartAsync(maxAge: TimeSpan.FromSeconds(1));
        await server.DeployAsync("f", DispatcherServer.OtherKey);
        await AddAsync(server, "ops");
        var config = new { MaximumRetryAttempts = 0, DestinationConfig = new { OnSuccess = new { Destination = "arn:glue:webhook:::ops" } } };
        Assert.Contains(
            "no webhook of that name",
            (await server.SendAsync(HttpMethod.Put, ConfigPath, config, DispatcherServer.OtherKey)).ExpectError(400, "InvalidParameterValueException"),
            StringComparison.Ordinal);
        Assert.Empty((await server.SendAsync(HttpMethod.Get, "/glue/v1/webhooks", signer: DispatcherServer.OtherKey)).Json.GetProperty("webhooks").EnumerateArray());
        (await server.SendAsync(HttpMethod.Delete, "/glue/v1/webhooks/ops", signer: DispatcherServer.OtherKey)).ExpectError(404, "ResourceNotFoundException");

        (await server.SendAsync(HttpMethod.Put, "/glue/v1/webhooks/ops", new { url = _receiver.Url }, DispatcherServer.OtherKey)).ExpectOk();
        (await server.SendAsync(HttpMethod.Put, ConfigPath, config, DispatcherServer.OtherKey)).ExpectOk();
        await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", "{}", DispatcherServer.OtherKey, ("X-Amz-Invocation-Type", "Event"));
        var rows = (await server.SendAsync(HttpMethod.Get, "/glue/v1/invocations?function=arn:glue:webhook:::ops&wait=30", signer: DispatcherServer.OtherKey)).Json;
        Assert.Contains("127.0.0.1 is no public address", rows.GetProperty("invocations")[0].GetProperty("reason").GetString(), StringComparison.Ordinal);
        Assert.Empty(_receiver.Received);
    }

    [Theory]
    [InlineData("ftp://example.com/")]
    [InlineData("https://user:secret@example.com/")]
    [InlineData("not an address")]
    public async Task An_address_that_is_no_plain_http_one_is_refused(string url)
    {
        await using var server = await StartAsync();
        (await server.SendAsync(HttpMethod.Put, "/glue/v1/webhooks/ops", new { url })).ExpectError(400, "InvalidParameterValueException");
    }

    [Theory]
    [InlineData("127.0.0.1", false)]
    [InlineData("10.1.2.3", false)]
    [InlineData("172.31.0.1", false)]
    [InlineData("169.254.169.254", false)]
    [InlineData("::1", false)]
    [InlineData("::ffff:192.168.1.1", false)]
    [InlineData("fd00::1", false)]
    [InlineData("93.184.216.34", true)]
    [InlineData("2606:2800:220:1:248:1893:25c8:1946", true)]
    public void An_address_is_public_when_packets_to_it_leave_the_site(string address, bool isPublic) =>
        Assert.Equal(isPublic, PublicAddresses.Holds(IPAddress.Parse(address)));

    private static DispatcherOptions Quick(DispatcherOptions options) => options with { FirstBackoff = TimeSpan.FromMilliseconds(10) };

    private static Task<Answer> PutAsync(DispatcherServer server, object destinations) =>
        server.SendAsync(HttpMethod.Put, ConfigPath, new { DestinationConfig = destinations });

    private static async Task<string> InvokeAsync(DispatcherServer server)
    {
        var sent = await server.SendAsync(HttpMethod.Post, "/2015-03-31/functions/f/invocations", "{}", header: ("X-Amz-Invocation-Type", "Event"));
        Assert.Equal(202, sent.Status);
        return sent.Headers["x-amzn-RequestId"];
    }

    private static async Task<string> EndOfAsync(DispatcherServer server, string query) =>
        (await server.SendAsync(HttpMethod.Get, $"/glue/v1/invocations?{query}&wait=30")).Json.GetProperty("invocations")[0].GetProperty("state").GetString()!;

    private async Task<string> AddAsync(DispatcherServer server, string name, string path = "/")
    {
        var answer = await server.SendAsync(HttpMethod.Put, $"/glue/v1/webhooks/{name}", new { url = _receiver.Url + path });
        Assert.Equal(201, answer.Status);
        return answer.Json.GetProperty("secret").GetString()!;
    }

    private async Task<DispatcherServer> StartAsync(TimeSpan? maxAge = null)
    {
        var server = await DispatcherServer.StartAsync(_folder, options => Quick(options) with { MaxEventAge = maxAge ?? options.MaxEventAge });
        await server.DeployAsync("f");
        return server;
    }
}
