using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Glue.Host.FunctionalTests;

/// <summary>Another Glue's embedded store, attached: who may post events, what they become, which bucket is meant.</summary>
public sealed class AttachedStoreTests
{
    [Fact]
    public async Task Posted_events_run_functions_only_with_the_stores_token_and_bad_ones_do_no_harm()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): return event['Records'][0]['s3']['bucket']['name']"));
        var address = AddressIn((await AttachAsync(stack, other, "other")).Expect());
        (await stack.GlueAsync("rule", "add", "other/photos", "noop")).Expect();
        Assert.Contains("noop", (await stack.GlueAsync("rule", "list", "other/photos")).Expect(), StringComparison.Ordinal);

        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http, new Uri(address.ToString()[..^1] + "_"), Event("in/forged")));
        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(http, new Uri(address, "."), Event("in/forged")));
        Assert.Equal(HttpStatusCode.BadRequest, await PostAsync(http, address, "{not json"));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, """{"Service":"S3","Event":"s3:TestEvent"}"""));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, Event("in/1")));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, Event("in/1"))); // again: the same event, not another
        using (var withBearer = new HttpRequestMessage(HttpMethod.Post, new Uri(address, ".").ToString().TrimEnd('/')) { Content = new StringContent(Event("in/2"), Encoding.UTF8, "application/json") })
        {
            withBearer.Headers.Authorization = new("Bearer", address.Segments[^1]);
            Assert.Equal(HttpStatusCode.OK, (await http.SendAsync(withBearer)).StatusCode);
        }

        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/1"))["state"]!);
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/2"))["state"]!);
        Assert.Equal(2, (await stack.SettledAsync("other/photos", key: null, 2)).Count);
    }

    [Fact]
    public async Task A_bare_name_means_the_one_bucket_that_has_it_and_what_was_there_before_is_caught_up_with()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var theirs = other.Sdk();
        using var ours = stack.Sdk();
        await theirs.PutBucketAsync("both");
        await theirs.PutBucketAsync("theirs");
        await ours.PutBucketAsync("both");
        await theirs.PutObjectAsync(new() { BucketName = "theirs", Key = "in/a b+c%20ü.txt", ContentBody = "x" });
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        (await AttachAsync(stack, other, "other")).Expect();

        Assert.Contains("say which. local/both, other/both", (await stack.GlueAsync("rule", "add", "both", "noop")).Error, StringComparison.Ordinal);
        (await stack.GlueAsync("rule", "add", "local/both", "noop")).Expect();
        (await stack.GlueAsync("rule", "add", "theirs", "noop")).Expect();
        Assert.Contains("has no bucket 'nowhere'", (await stack.GlueAsync("rule", "add", "other/nowhere", "noop")).Error, StringComparison.Ordinal);
        (await stack.GlueAsync("backfill", "noop", "--bucket", "other/theirs")).Expect();
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/theirs", "in/a b+c%20ü.txt"))["state"]!);

        // Without the store, check says what is wrong; and its secret lies nowhere in the clear.
        await other.Process.KillAsync();
        var check = await stack.GlueAsync("store", "check", "other");
        Assert.Equal(1, check.ExitCode);
        Assert.Contains("does not answer", check.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(other.Process.SecretKey, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(Path.Combine(stack.Process.DataFolder, "state.db"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_refused_and_the_next_one_is_taken()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var stack = await Stack.StartAsync(folder["data"]);
        var address = AddressIn((await AttachAsync(stack, other, "other")).Expect());
        using var http = new HttpClient();
        var large = Event(new string('k', 8 * 1024 * 1024));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, await PostAsync(http, address, large));
        using (var chunked = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(large, Encoding.UTF8, "application/json") })
        {
            chunked.Headers.TransferEncodingChunked = true; // its length is seen only as it comes
            using var refused = await http.SendAsync(chunked);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, refused.StatusCode);
            Assert.Contains("at most 8388608 bytes", await refused.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }

        Assert.Equal(HttpStatusCode.OK, await PostAsync(http, address, Event("in/small")));
    }

    [Fact]
    public async Task While_the_event_log_takes_nothing_stores_are_told_to_send_again_and_then_it_takes_it()
    {
        if (Environment.UserName != "root")
        {
            Console.WriteLine("SKIPPED: mounting a small file system needs root");
            return;
        }

        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await using var disk = await SmallDisk.MountAsync(folder["data"], 64);
        await using var stack = await Stack.StartAsync(folder["data"]);
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        var address = AddressIn((await AttachAsync(stack, other, "other")).Expect());
        (await stack.GlueAsync("rule", "add", "other/photos", "noop", "--prefix", "in/")).Expect();
        using var http = new HttpClient();
        disk.Fill(folder["data"] + "/ballast");

        // What a journal has room for already may still be taken.
        var status = HttpStatusCode.OK;
        for (var posts = 0; posts < 200 && status == HttpStatusCode.OK; posts++)
        {
            status = await PostAsync(http, address, $$"""{"Records":[{{string.Join(',', Enumerable.Range(0, 1000).Select(number => Record($"elsewhere/{posts}-{number}-{new string('k', 500)}")))}}]}""");
        }

        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        File.Delete(folder["data"] + "/ballast");
        await stack.UntilAsync(async () => await PostAsync(http, address, Event("in/again")) == HttpStatusCode.OK);
        Assert.Equal("succeeded", (string)(await stack.SettledAsync("other/photos", "in/again"))["state"]!);
    }

    [Fact]
    public async Task What_an_attached_store_never_told_is_found_by_a_reconciliation_once()
    {
        using var folder = new TempFolder();
        await using var other = await Stack.StartAsync(folder["other"]);
        await using var stack = await Stack.StartAsync(folder["data"], """{ "StorageEvents": { "ReconcileSettle": "00:00:00" } }""");
        using var theirs = other.Sdk();
        await theirs.PutBucketAsync("photos");
        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "in/before", ContentBody = "x" });
        var put = TimeProvider.System.GetUtcNow();
        await stack.UntilAsync(() => Task.FromResult(TimeProvider.System.GetUtcNow() > put + TimeSpan.FromSeconds(1))); // a listing tells whole seconds
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        (await AttachAsync(stack, other, "other")).Expect();
        (await stack.GlueAsync("rule", "add", "other/photos", "noop", "--prefix", "in/")).Expect();
        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "in/missed 1", ContentBody = "x" });
        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "in/missed+2", ContentBody = "x" });
        await theirs.PutObjectAsync(new() { BucketName = "photos", Key = "elsewhere/3", ContentBody = "x" });

        var missed = (await stack.GlueAsync("reconcile", "other/photos")).Expect();
        Assert.True(missed.Contains("2 missed, 2 new invocations", StringComparison.Ordinal), missed);
        var rows = await stack.SettledAsync("other/photos", key: null, 2);
        Assert.Equal(["in/missed 1", "in/missed+2"], rows.Select(static row => (string)row!["source"]!["key"]!).Order(StringComparer.Ordinal));
        Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
        Assert.Contains("0 missed, 0 new invocations", (await stack.GlueAsync("reconcile", "other/photos")).Expect(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local", "http://127.0.0.1:1", "cannot be a store's name")]
    [InlineData("Upper", "http://127.0.0.1:1", "cannot be a store's name")]
    [InlineData("fine", "127.0.0.1:1", "The endpoint is an http or https address")]
    [InlineData("fine", "http://user@127.0.0.1:1/", "The endpoint is an http or https address")]
    public async Task What_cannot_be_attached_is_refused_with_what_to_give_instead(string name, string endpoint, string expected)
    {
        using var folder = new TempFolder();
        await using var stack = await Stack.StartAsync(folder["data"]);
        var refused = await stack.GlueAsync("store", "attach", name, "--endpoint", endpoint, "--access-key", "a", "--secret-key", "b");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains(expected, refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attaching_a_store_says_at_once_when_it_does_not_answer_or_refuses_the_key_and_keeps_it()
    {
        using var folder = new TempFolder();
        await using var stack = await Stack.StartAsync(folder["data"]);
        var silent = (await stack.GlueAsync("store", "attach", "silent", "--endpoint", "http://127.0.0.1:1", "--access-key", "a", "--secret-key", "b")).Expect();
        Assert.Contains("!!  reach          http://127.0.0.1:1/ does not answer", silent, StringComparison.Ordinal);
        Assert.Contains("It stays attached", silent, StringComparison.Ordinal);

        var mistyped = (await stack.GlueAsync(
            "store", "attach", "mistyped", "--endpoint", stack.Process.S3, "--access-key", stack.Process.AccessKey, "--secret-key", "wrong", "--notify", "manual")).Expect();
        Assert.Contains("!!  keys", mistyped, StringComparison.Ordinal);
        Assert.DoesNotContain("!!  reach", mistyped, StringComparison.Ordinal);

        var good = (await stack.GlueAsync(
            "store", "attach", "mistyped", "--endpoint", stack.Process.S3, "--access-key", stack.Process.AccessKey, "--secret-key", stack.Process.SecretKey, "--notify", "manual")).Expect();
        Assert.DoesNotContain("!!", good, StringComparison.Ordinal);
        Assert.Contains("silent", (await stack.GlueAsync("store", "list")).Expect(), StringComparison.Ordinal);
    }

    private static Task<Cli.Result> AttachAsync(Stack stack, Stack other, string name) => stack.GlueAsync(
        "store", "attach", name, "--endpoint", other.Process.S3, "--access-key", other.Process.AccessKey, "--secret-key", other.Process.SecretKey, "--notify", "manual");

    private static Uri AddressIn(string output) => new(Regex.Match(output, "http://[^ ]*/glue/v1/store-events/[^ \n]+", RegexOptions.None, TimeSpan.FromSeconds(5)).Value);

    private static string Event(string key) => $$"""{"Records":[{{Record(key)}}]}""";

    private static string Record(string key) =>
        """{"eventSource":"ceph:s3","eventTime":"2026-11-20T15:55:04.784195Z","eventName":"ObjectCreated:Put","s3":{"bucket":{"name":"photos"},"object":{"key":"KEY","size":1,"eTag":"e","versionId":"","sequencer":"586D006B4637D62E"}}}"""
            .Replace("KEY", key, StringComparison.Ordinal);

    private static async Task<HttpStatusCode> PostAsync(HttpClient http, Uri address, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var response = await http.PostAsync(address, content);
        return response.StatusCode;
    }
}
