using System.Text.Json.Nodes;

namespace Glue.Host.FunctionalTests;

/// <summary>What a function is told of an object is AWS's S3 event, field by field.</summary>
[Collection(SharedStackCollection.Name)]
public sealed class EventTests(SharedStack shared)
{
    private const string Expected = """
        {
          "eventVersion": "2.6",
          "eventSource": "aws:s3",
          "awsRegion": "us-east-1",
          "eventTime": "?",
          "eventName": "ObjectCreated:Put",
          "userIdentity": { "principalId": "?" },
          "requestParameters": { "sourceIPAddress": "127.0.0.1" },
          "responseElements": { "x-amz-request-id": "?", "x-amz-id-2": "?" },
          "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "all-of-it",
            "bucket": { "name": "events", "ownerIdentity": { "principalId": "000000000000" }, "arn": "arn:aws:s3:::events" },
            "object": { "key": "?", "size": 1, "eTag": "?", "sequencer": "?" }
          }
        }
        """;

    private readonly Stack _stack = shared.Stack;

    [Fact]
    public async Task The_event_is_AWSs_field_by_field_and_its_key_leads_back_to_the_object_whatever_it_holds()
    {
        string[] keys = ["in/plain.txt", "in/with space.txt", "in/a+b=c&d.txt", "in/für/日本 🐈.txt", "in/100% (1)~'!*.txt"];
        await _stack.Lambda.CreateAsync("recorder", "python3.11", "app.handler", Zip.Of("app.py", """
            import boto3, json, urllib.parse
            s3 = boto3.client('s3')
            def handler(event, context):
                at = event['Records'][0]['s3']
                key = urllib.parse.unquote_plus(at['object']['key'])
                body = s3.get_object(Bucket=at['bucket']['name'], Key=key)['Body'].read().decode()
                s3.put_object(Bucket='recorded', Key=body, Body=json.dumps(event))
            """));
        using var s3 = _stack.Sdk();
        await s3.PutBucketAsync("events");
        await s3.PutBucketAsync("recorded");
        await _stack.AddRuleAsync("events", "recorder", "--prefix", "in/", "--id", "all-of-it");
        using var folder = new TempFolder();
        await File.WriteAllTextAsync(folder["body"], "0");
        (await _stack.AwsS3Async("s3", "cp", folder["body"], "s3://events/" + keys[0])).Expect();
        await _stack.BotoAsync($"s3.put_object(Bucket='events', Key={JsonValue.Create(keys[1])!.ToJsonString()}, Body=b'1')");
        for (var i = 2; i < keys.Length; i++)
        {
            await s3.PutObjectAsync(new() { BucketName = "events", Key = keys[i], ContentBody = $"{i}" });
        }

        var rows = await _stack.SettledAsync("events", key: null, count: keys.Length);

        Assert.Equal(keys.Order(StringComparer.Ordinal), rows.Select(static row => (string)row!["source"]!["key"]!).Order(StringComparer.Ordinal));
        Assert.All(rows, static row => Assert.Equal("succeeded", (string)row!["state"]!));
        string[] encoded = ["in/plain.txt", "in/with+space.txt", "in/a%2Bb%3Dc%26d.txt", "in/f%C3%BCr/%E6%97%A5%E6%9C%AC+%F0%9F%90%88.txt", "in/100%25+%281%29%7E%27%21*.txt"];
        for (var i = 0; i < keys.Length; i++)
        {
            using var recorded = await s3.GetObjectAsync("recorded", $"{i}");
            var record = Assert.Single((await JsonNode.ParseAsync(recorded.ResponseStream))!["Records"]!.AsArray())!;
            Assert.Equal(encoded[i], (string)record["s3"]!["object"]!["key"]!);
            Check(record, (await s3.GetObjectMetadataAsync("events", keys[i])).ETag.Trim('"'));
        }
    }

    /// <summary>What differs from event to event is checked and set to a fixed value; the rest is compared as a whole.</summary>
    private static void Check(JsonNode record, string eTag)
    {
        Take(record, "eventTime", @"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$");
        Take(record["userIdentity"]!, "principalId", "^(AWS:)?[A-Za-z0-9:]+$");
        Take(record["responseElements"]!, "x-amz-request-id", "^[0-9A-F]{16}$");
        Take(record["responseElements"]!, "x-amz-id-2", "^.{20,}$");
        Take(record["s3"]!["object"]!, "key", "^in/");
        Take(record["s3"]!["object"]!, "sequencer", "^[0-9A-F]{16,}$");
        Take(record["s3"]!["object"]!, "eTag", $"^{eTag}$");
        Assert.Equal(JsonNode.Parse(Expected)!.ToJsonString(), record.ToJsonString());
    }

    private static void Take(JsonNode node, string field, string pattern)
    {
        Assert.Matches(pattern, (string)node[field]!);
        node[field] = "?";
    }
}
