using System.Net;
using System.Text.Json;
using Glue.Foundation.Signing;
using Glue.ObjectStore.TestHost;

namespace Glue.ObjectStore.FunctionalTests;

/// <summary>MinIO's listen call, as its own client makes it and at its edges.</summary>
public sealed class ListenTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(60);

    [Fact]
    public Task The_minio_client_hears_what_happens_in_a_bucket_with_its_prefix_suffix_and_event_types() => NodeClients.RunAsync(store.Server.Endpoint,
        """
        import { Client } from 'minio';
        const url = new URL(endpoint);
        const minio = new Client({ endPoint: url.hostname, port: +url.port, useSSL: false, accessKey: key, secretKey: secret });
        const b = 'node-listen', heard = [];
        await minio.makeBucket(b, 'us-east-1');
        const poller = minio.listenBucketNotification(b, 'in/ü ', '.txt', ['s3:ObjectCreated:*', 's3:ObjectRemoved:Delete']);
        poller.on('notification', record => heard.push(`${record.eventName} ${decodeURIComponent(record.s3.object.key)}`));
        poller.on('error', error => { throw error; });
        const until = async holds => { for (const end = Date.now() + 60000; !holds(); await new Promise(r => setTimeout(r, 50))) assert.ok(Date.now() < end, heard.join()); };
        await until(() => { minio.putObject(b, 'in/ü listens.txt', ''); return heard.length > 0; }); // what came before it listened is not told
        for (const name of ['in/ü 1.txt', 'in/ü 2.jpg', 'out/ü 3.txt', 'in/ü 4.txt']) await minio.putObject(b, name, 'x');
        await minio.removeObject(b, 'in/ü 1.txt');
        const created = n => `s3:ObjectCreated:Put in/ü ${n}.txt`;
        await until(() => heard.some(line => line.startsWith('s3:ObjectRemoved')));
        assert.deepEqual(heard.filter(line => !line.includes('listens')), [created(1), created(4), 's3:ObjectRemoved:Delete in/ü 1.txt']);
        poller.stop();
        process.exit(0); // it would go on until the answer ends
        """);

    [Fact]
    public async Task Without_a_bucket_the_accounts_own_are_heard_and_nobody_elses_and_silence_has_a_sign_of_life()
    {
        var bucket = await store.BucketAsync();
        using var http = new HttpClient();
        using var pinged = await ListenAsync(http, TestKeys.Owner, "/?events=s3%3AObjectCreated%3A%2A&ping=1");
        using var stranger = await ListenAsync(http, TestKeys.Stranger, "/?events=s3%3AObjectCreated%3A%2A");
        Assert.Equal("text/event-stream", pinged.Content.Headers.ContentType!.MediaType);
        using var lines = new StreamReader(await pinged.Content.ReadAsStreamAsync());
        Assert.Equal("""{"Records":null}""", await lines.ReadLineAsync().WaitAsync(Budget));

        using var sdk = store.Sdk();
        await sdk.PutObjectAsync(new() { BucketName = bucket, Key = "here", ContentBody = "x" });
        Assert.Equal("here", await NextKeyAsync(lines));

        using var theirSdk = store.Sdk(TestKeys.Stranger);
        var theirBucket = store.NewBucketName();
        await theirSdk.PutBucketAsync(theirBucket);
        await theirSdk.PutObjectAsync(new() { BucketName = theirBucket, Key = "theirs", ContentBody = "x" });
        using var theirLines = new StreamReader(await stranger.Content.ReadAsStreamAsync());
        Assert.Equal("theirs", await NextKeyAsync(theirLines));
    }

    [Theory]
    [InlineData("events=ObjectCreated", HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("events=s3%3AObjectCreated%3A%2A&events=s3%3A", HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("events=s3%3AObjectCreated%3A%2A&ping=0", HttpStatusCode.BadRequest, "InvalidArgument")]
    [InlineData("events=s3%3AObjectCreated%3A%2A&ping=often", HttpStatusCode.BadRequest, "InvalidArgument")]
    public async Task A_wrong_call_is_refused_as_MinIO_refuses_it(string query, HttpStatusCode status, string code)
    {
        var bucket = await store.BucketAsync();
        using var http = new HttpClient();
        using var answer = await ListenAsync(http, TestKeys.Owner, $"/{bucket}?{query}");
        Assert.Equal(status, answer.StatusCode);
        Assert.Contains($"<Code>{code}</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_listens_to_another_accounts_bucket()
    {
        var bucket = await store.BucketAsync();
        using var http = new HttpClient();
        using var answer = await ListenAsync(http, TestKeys.Stranger, $"/{bucket}?events=s3%3AObjectCreated%3A%2A");
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        using var anonymous = await http.GetAsync(new Uri($"{store.Server.Endpoint}/?events=s3%3AObjectCreated%3A%2A"), HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.Forbidden, anonymous.StatusCode);
    }

    [Fact]
    public async Task Who_may_listen_by_a_policy_is_told_no_more_once_the_policy_is_gone()
    {
        var bucket = await store.BucketAsync();
        using var sdk = store.Sdk();
        await sdk.PutBucketPolicyAsync(new()
        {
            BucketName = bucket,
            Policy = $$"""{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"{{TestKeys.Stranger.AccountId}}"},"Action":"s3:*","Resource":"arn:aws:s3:::{{bucket}}"}]}""",
        });
        using var http = new HttpClient();
        using var answer = await ListenAsync(http, TestKeys.Stranger, $"/{bucket}?events=s3%3AObjectCreated%3A%2A");
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);

        await sdk.DeleteBucketPolicyAsync(bucket);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("", (await lines.ReadToEndAsync().WaitAsync(Budget)).Trim());
    }

    /// <summary>Of the next line that tells of something.</summary>
    private static async Task<string> NextKeyAsync(StreamReader lines)
    {
        while (true)
        {
            using var line = JsonDocument.Parse((await lines.ReadLineAsync().WaitAsync(Budget))!);
            if (line.RootElement.GetProperty("Records") is { ValueKind: JsonValueKind.Array } records)
            {
                return records[0].GetProperty("s3").GetProperty("object").GetProperty("key").GetString()!;
            }
        }
    }

    private async Task<HttpResponseMessage> ListenAsync(HttpClient http, Credential who, string target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(store.Server.Endpoint + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        new SigV4Signer(TimeProvider.System).Sign(request, who, "us-east-1", "s3", SigV4Signer.EmptyPayload);
        return await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).WaitAsync(Budget);
    }
}
