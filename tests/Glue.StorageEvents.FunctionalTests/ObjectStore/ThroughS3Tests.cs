using System.Text.Json;
using Glue.Contracts.Invocations;
using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Tests.Rules;

namespace Glue.StorageEvents.FunctionalTests.ObjectStore;

/// <summary>From awscli's request to the invocation, through the real object store.</summary>
public sealed class ThroughS3Tests : IAsyncLifetime
{
    private const string NotPermitted = "arn:aws:lambda:us-east-1:000000000000:function:shy";

    private readonly TempFolder _folder = new();
    private readonly RecordingIntake _intake = new();
    private StoreStack _stack = null!;

    public async Task InitializeAsync()
    {
        _stack = await StoreStack.StartAsync(_folder.Path, _intake, new FakeFunctions().Add(NotPermitted, allowsS3: false));
        (await AwsAsync("s3api", "create-bucket", "--bucket", "photos")).Expect();
    }

    public async Task DisposeAsync()
    {
        await _stack.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Put_copy_multipart_and_delete_become_the_events_that_AWS_would_send()
    {
        (await PutRulesAsync(RulesJson(FakeFunctions.Thumbnail, "\"s3:ObjectCreated:*\",\"s3:ObjectRemoved:*\"", prefix: "in/ü "))).Expect();
        var small = _folder["small.txt"];
        await File.WriteAllTextAsync(small, "hello");
        var large = _folder["large.bin"];
        await File.WriteAllBytesAsync(large, new byte[9 << 20]); // above awscli's multipart threshold of 8 MiB

        (await AwsAsync("s3", "cp", small, "s3://photos/elsewhere/a.txt")).Expect();
        (await AwsAsync("s3", "cp", small, "s3://photos/in/ü a+b.txt")).Expect();
        (await AwsAsync("s3api", "copy-object", "--bucket", "photos", "--key", "in/ü copy.txt", "--copy-source", "photos/elsewhere/a.txt")).Expect();
        (await AwsAsync("s3", "cp", large, "s3://photos/in/ü large.bin")).Expect();
        (await AwsAsync("s3", "rm", "s3://photos/in/ü a+b.txt")).Expect();

        var events = (await _intake.TakenAsync(4)).Select(Record).ToList();
        Assert.Equal(
            [
                "ObjectCreated:Put in/%C3%BC+a%2Bb.txt 5 5d41402abc4b2a76b9719d911017c592",
                "ObjectCreated:Copy in/%C3%BC+copy.txt 5 5d41402abc4b2a76b9719d911017c592",
                "ObjectCreated:CompleteMultipartUpload in/%C3%BC+large.bin 9437184 -2",
                "ObjectRemoved:Delete in/%C3%BC+a%2Bb.txt none none",
            ],
            events.Select(Show));
        Assert.All(events, record =>
        {
            Assert.Equal("2.6", record.GetProperty("eventVersion").GetString());
            Assert.Equal("all", record.GetProperty("s3").GetProperty("configurationId").GetString());
            Assert.Equal("AWS:GLUETESTKEY", record.GetProperty("userIdentity").GetProperty("principalId").GetString());
            Assert.Equal("127.0.0.1", record.GetProperty("requestParameters").GetProperty("sourceIPAddress").GetString());
            Assert.NotEqual("", record.GetProperty("responseElements").GetProperty("x-amz-request-id").GetString());
        });
        var sequencers = events.Select(record => record.GetProperty("s3").GetProperty("object").GetProperty("sequencer").GetString()!).ToList();
        Assert.Equal(sequencers.Order(StringComparer.Ordinal), sequencers);
    }

    [Fact]
    public async Task Refusals_reach_the_one_who_puts_the_configuration()
    {
        var refused = await PutRulesAsync(RulesJson(NotPermitted));
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains(
            "(InvalidArgument) when calling the PutBucketNotificationConfiguration operation: Unable to validate the following destination configurations: " + NotPermitted,
            refused.Error, StringComparison.Ordinal);
        Assert.Contains("aws lambda add-permission --function-name shy", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rules_of_a_deleted_bucket_do_not_come_back_with_a_new_one()
    {
        (await PutRulesAsync(RulesJson(FakeFunctions.Thumbnail))).Expect();
        Assert.Contains(FakeFunctions.Thumbnail, await GetRulesAsync(), StringComparison.Ordinal);
        (await AwsAsync("s3api", "delete-bucket", "--bucket", "photos")).Expect();
        (await AwsAsync("s3api", "create-bucket", "--bucket", "photos")).Expect();
        Assert.DoesNotContain(FakeFunctions.Thumbnail, await GetRulesAsync(), StringComparison.Ordinal);
    }

    private static string RulesJson(string arn, string events = "\"s3:ObjectCreated:*\"", string prefix = "") =>
        """{"LambdaFunctionConfigurations":[{"Id":"all","LambdaFunctionArn":"ARN","Events":[EVENTS],"Filter":{"Key":{"FilterRules":[{"Name":"prefix","Value":"PREFIX"}]}}}]}"""
            .Replace("ARN", arn, StringComparison.Ordinal).Replace("EVENTS", events, StringComparison.Ordinal).Replace("PREFIX", prefix, StringComparison.Ordinal);

    private static JsonElement Record(Invocation invocation) =>
        JsonDocument.Parse(invocation.Payload).RootElement.GetProperty("Records").EnumerateArray().Single();

    private static string Show(JsonElement record)
    {
        var item = record.GetProperty("s3").GetProperty("object");
        var size = item.TryGetProperty("size", out var bytes) ? bytes.GetInt64().ToString() : "none";
        var eTag = item.TryGetProperty("eTag", out var tag) ? tag.GetString()! : "none";
        var dash = eTag.IndexOf('-', StringComparison.Ordinal); // of a multipart ETag only the number of parts is compared
        return $"{record.GetProperty("eventName").GetString()} {item.GetProperty("key").GetString()} {size} {(dash < 0 ? eTag : eTag[dash..])}";
    }

    private Task<Cli.Result> PutRulesAsync(string json) =>
        AwsAsync("s3api", "put-bucket-notification-configuration", "--bucket", "photos", "--notification-configuration", json);

    private async Task<string> GetRulesAsync() => (await AwsAsync("s3api", "get-bucket-notification-configuration", "--bucket", "photos")).Expect();

    private Task<Cli.Result> AwsAsync(params string[] arguments) =>
        Cli.AwsAsync(_stack.Endpoint, StoreStack.Credential.AccessKeyId, StoreStack.Credential.SecretAccessKey, arguments);
}
