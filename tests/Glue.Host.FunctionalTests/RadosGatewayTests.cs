using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests;

/// <summary>Ceph's RADOS Gateway, attached: it tells Glue by webhook, the function reads from it and writes to it.</summary>
public sealed class RadosGatewayTests
{
    private const string Copy = """
        import os, urllib.parse, urllib.request
        def handler(event, context):
            s3 = event['Records'][0]['s3']
            bucket, key = s3['bucket']['name'], urllib.parse.unquote_plus(s3['object']['key'])
            store = os.environ['AWS_ENDPOINT_URL_S3']
            body = urllib.request.urlopen(f'{store}/{bucket}/{urllib.parse.quote(key)}').read()
            out = urllib.request.Request(f'{store}/results/{urllib.parse.quote(key)}', data=body.upper(), method='PUT')
            urllib.request.urlopen(out).read()
        """;

    [Fact]
    public async Task An_object_put_into_Ceph_runs_the_function_which_writes_its_result_back_into_Ceph_and_detaching_leaves_nothing_behind()
    {
        using var folder = new TempFolder();
        await using var ceph = await RadosGateway.StartAsync();
        await using var stack = await Stack.StartAsync(folder["data"]);
        using var s3 = ClientOf(ceph);
        await s3.PutBucketAsync("photos");
        await s3.PutBucketAsync("results");
        await stack.Lambda.CreateAsync("shout", "python3.11", "app.handler", Zip.Of("app.py", Copy));

        Assert.Contains("attached ceph", (await AttachAsync(stack, ceph, "ceph")).Expect(), StringComparison.Ordinal);
        (await stack.GlueAsync("rule", "add", "photos", "shout", "--prefix", "in/")).Expect(); // the bare name: no other store has it
        await stack.UntilAsync(async () => (await stack.GlueAsync("store", "list")).Expect().Contains("notifications are set", StringComparison.Ordinal));
        var check = (await stack.GlueAsync("store", "check", "ceph")).Expect();
        Assert.Contains("Ceph RADOS Gateway", check, StringComparison.Ordinal);
        Assert.Contains("they see 2 buckets", check, StringComparison.Ordinal);

        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "in/a b+ü.txt", ContentBody = "from ceph" });
        await s3.PutObjectAsync(new PutObjectRequest { BucketName = "photos", Key = "elsewhere/c.txt", ContentBody = "not asked for" });
        await stack.UntilAsync(async () => (await s3.ListObjectsV2Async(new ListObjectsV2Request { BucketName = "results" })).KeyCount > 0, TimeSpan.FromMinutes(3)); // a new topic waits for Ceph's round of 30 s
        using (var result = await s3.GetObjectAsync("results", "in/a b+ü.txt"))
        {
            using var text = new StreamReader(result.ResponseStream);
            Assert.Equal("FROM CEPH", await text.ReadToEndAsync());
            Assert.Equal("1", result.Metadata["glue-lineage"]);
        }

        var row = await stack.SettledAsync("ceph/photos", "in/a b+ü.txt");
        Assert.Equal("succeeded", (string)row["state"]!);
        using (var embedded = stack.Sdk())
        {
            Assert.Empty((await embedded.ListBucketsAsync()).Buckets ?? []);
        }

        Assert.Contains("still have rules", (await stack.GlueAsync("store", "detach", "ceph")).Error, StringComparison.Ordinal);
        (await stack.GlueAsync("rule", "remove", "ceph/photos", "shout")).Expect();
        (await stack.GlueAsync("store", "detach", "ceph")).Expect();
        Assert.Empty((await s3.GetBucketNotificationAsync("photos")).TopicConfigurations ?? []);
        Assert.Contains("There is no store 'ceph'", (await stack.GlueAsync("store", "check", "ceph")).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ceph_is_told_to_write_to_a_Kafka_topic_and_detaching_leaves_the_topic_that_somebody_else_made()
    {
        using var folder = new TempFolder();
        await using var broker = await KafkaBroker.StartAsync();
        await broker.CreateTopicAsync("made-by-glue", partitions: 1);
        await broker.CreateTopicAsync("made-before", partitions: 1);
        await using var ceph = await RadosGateway.StartAsync();
        await using var stack = await Stack.StartAsync(folder["data"], $$"""
            { "Dispatcher": { "EventSources": { "Clusters": [ { "BootstrapServers": "{{broker.BootstrapServers}}", "Properties": {{KafkaBroker.ClientPropertiesJson}} } ] } } }
            """);
        using var s3 = ClientOf(ceph);
        await s3.PutBucketAsync("photos");
        await TopicsAsync(ceph, $"Action=CreateTopic&Name=made-before&Attributes.entry.1.key=push-endpoint&Attributes.entry.1.value=kafka%3A%2F%2F{broker.BootstrapServers.Replace(":", "%3A", StringComparison.Ordinal)}");
        await stack.Lambda.CreateAsync("noop", "python3.11", "app.handler", Zip.Of("app.py", "def handler(event, context): pass"));
        foreach (var topic in new[] { "made-by-glue", "made-before" })
        {
            (await AttachAsync(stack, ceph, "ceph", "--notify", "kafka", "--kafka", broker.BootstrapServers, "--topic", topic)).Expect();
            (await stack.GlueAsync("rule", "add", "ceph/photos", "noop")).Expect();
            await stack.UntilAsync(async () => (await stack.GlueAsync("store", "list")).Expect().Contains("notifications are set", StringComparison.Ordinal));
            Assert.EndsWith($":{topic}", Assert.Single((await s3.GetBucketNotificationAsync("photos")).TopicConfigurations).Topic, StringComparison.Ordinal);
            Assert.Contains($"kafka://{broker.BootstrapServers}", await TopicsAsync(ceph, "Action=ListTopics"), StringComparison.Ordinal);

            (await stack.GlueAsync("rule", "remove", "ceph/photos", "noop")).Expect();
            (await stack.GlueAsync("store", "detach", "ceph")).Expect();
            Assert.Empty((await s3.GetBucketNotificationAsync("photos")).TopicConfigurations ?? []);
        }

        var left = await TopicsAsync(ceph, "Action=ListTopics");
        Assert.Contains("made-before", left, StringComparison.Ordinal);
        Assert.DoesNotContain("made-by-glue", left, StringComparison.Ordinal);
    }

    private static async Task<string> TopicsAsync(RadosGateway ceph, string form)
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(ceph.Endpoint)) { Content = new StringContent(form, Encoding.ASCII, "application/x-www-form-urlencoded") };
        new SigV4Signer(TimeProvider.System).Sign(
            request, new Credential(RadosGateway.AccessKey, RadosGateway.SecretKey, "", ""), "us-east-1", "sns", Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(form))));
        using var answer = await http.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return text;
    }

    private static Task<Cli.Result> AttachAsync(Stack stack, RadosGateway ceph, string name, params string[] arguments) => stack.GlueAsync(
        ["store", "attach", name, "--endpoint", ceph.Endpoint, "--access-key", RadosGateway.AccessKey, "--secret-key", RadosGateway.SecretKey, .. arguments]);

    internal static AmazonS3Client ClientOf(RadosGateway ceph) => new(RadosGateway.AccessKey, RadosGateway.SecretKey, new AmazonS3Config
    {
        ServiceURL = ceph.Endpoint, ForcePathStyle = true, AuthenticationRegion = "us-east-1",
        RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED, ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED, // Ceph 16 is from before them
    });
}
