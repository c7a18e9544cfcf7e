using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary><c>--notify listen</c> with a second Glue, whose store answers MinIO's listen call, at the other end of a wire that can be cut.</summary>
public sealed class ListeningTests
{
    private const string Settings = """
        { "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1" }, "StorageEvents": { "ReconcileSettle": "00:00:01" } }
        """;

    [Fact]
    public async Task Functions_run_on_what_a_listened_store_tells_and_on_what_happened_while_the_connection_was_broken()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var wire = new CuttableRelay(new Uri(other.Process.S3));
        await using var stack = await Stack.StartAsync(folder["data"], Settings);
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await theirs.PutBucketAsync("quiet");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): return event['Records'][0]['s3']['bucket']['name']"));
        var attached = (await AttachAsync(stack, wire.Address, other)).Expect();
        Assert.DoesNotContain("secret", attached, StringComparison.Ordinal); // nothing is posted: there is no address to give away
        await StatusAsync(stack, "no bucket has rules");
        (await stack.GlueAsync("rule", "add", "other/photos", "noop", "--prefix", "in/")).Expect();
        await StatusAsync(stack, "listening to 1 of 1 buckets");
        var check = (await stack.GlueAsync("store", "check", "other")).Expect();
        Assert.Contains("tells its events as they happen (tried with bucket photos)", check, StringComparison.Ordinal);

        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "in/a b+ü.txt", ContentBody = "heard" });
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/a b+ü.txt"))["state"]!);

        wire.Cut();
        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "in/missed", ContentBody = "nobody listens" });
        await UntilNotListeningAsync(stack);
        wire.Mend();
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/missed"))["state"]!);
        Assert.Equal(2, (await stack.SettledAsync("other/photos", key: null, 2)).Count); // what was heard does not run again

        (await stack.GlueAsync("rule", "remove", "other/photos", "noop")).Expect();
        await StatusAsync(stack, "no bucket has rules");
        (await stack.GlueAsync("store", "detach", "other")).Expect();
        Assert.Contains("There is no store 'other'", (await stack.GlueAsync("store", "check", "other")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_happens_while_glue_is_killed_is_caught_up_with_when_it_is_there_again()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await using (var first = await Stack.StartAsync(folder["data"], Settings))
        {
            await first.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
            (await AttachAsync(first, new Uri(other.Process.S3), other)).Expect();
            (await first.GlueAsync("rule", "add", "other/photos", "noop")).Expect();
            await StatusAsync(first, "listening to 1 of 1 buckets");
            await first.Process.KillAsync();
        }

        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "missed", ContentBody = "x" });
        await using var second = await Stack.StartAsync(folder["data"], Settings);
        Assert.Equal("succeeded", (string)(await second.SettledAsync("other/photos", "missed"))["state"]!);
    }

    [Fact]
    public async Task A_store_that_does_not_know_the_listen_call_is_refused_in_plain_words()
    {
        using var folder = new TempFolder();
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var plain = new HttpListener();
        var address = new Uri($"http://127.0.0.1:{Ports.Free()}/");
        plain.Prefixes.Add(address.ToString());
        plain.Start();
        var serving = ServeListingsAsync(plain);
        var refused = await stack.GlueAsync("store", "attach", "plain", "--endpoint", address.ToString(), "--access-key", "a", "--secret-key", "b", "--notify", "listen");
        plain.Stop();
        await serving;
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("does not know MinIO's listen call", refused.Error, StringComparison.Ordinal);
        Assert.Contains("--notify webhook or manual", refused.Error, StringComparison.Ordinal);
    }

    /// <summary>As stores answer that ignore what they do not know: with the listing.</summary>
    private static async Task ServeListingsAsync(HttpListener server)
    {
        var buckets = Encoding.UTF8.GetBytes("<ListAllMyBucketsResult><Buckets><Bucket><Name>some</Name></Bucket></Buckets></ListAllMyBucketsResult>");
        try
        {
            while (true)
            {
                var call = await server.GetContextAsync();
                call.Response.ContentType = "application/xml";
                await call.Response.OutputStream.WriteAsync(call.Request.Url!.AbsolutePath == "/" ? buckets : Encoding.UTF8.GetBytes("<ListBucketResult/>"));
                call.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // Stopped.
        }
    }

    private static Task<Cli.Result> AttachAsync(Stack stack, Uri endpoint, Stack other) => stack.GlueAsync(
        "store", "attach", "other", "--endpoint", endpoint.GetLeftPart(UriPartial.Authority), "--access-key", other.Process.AccessKey, "--secret-key", other.Process.SecretKey, "--notify", "listen");

    private static Task StatusAsync(Stack stack, string expected) => stack.UntilAsync(async () => (await StatusOfAsync(stack)).Contains(expected, StringComparison.Ordinal));

    private static Task UntilNotListeningAsync(Stack stack) => stack.UntilAsync(async () => (await StatusOfAsync(stack)).Contains("listening to 0 of 1", StringComparison.Ordinal));

    private static async Task<string> StatusOfAsync(Stack stack)
    {
        using var answer = await stack.Lambda.SendAsync(HttpMethod.Get, "/glue/v1/stores", body: null);
        return (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!["stores"]![0]!["status"]!.ToString();
    }
}
