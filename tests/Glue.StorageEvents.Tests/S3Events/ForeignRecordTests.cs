using System.Text;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.Tests.S3Events;

/// <summary>Records that other programs wrote: what is taken, and what is said about what is not.</summary>
public sealed class ForeignRecordTests
{
    private const string Minimal = """{"eventName":"s3:ObjectCreated:Put","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}""";

    private readonly List<S3EventRecord> _records = [];
    private readonly List<string> _faults = [];

    [Fact]
    public void The_least_that_is_needed_is_event_name_bucket_and_key()
    {
        Read($$"""{"Records":[{{Minimal}}]}""");
        var change = Assert.Single(_records).Change;
        Assert.Equal(("ObjectCreated:Put", "b", "k", Changes.Noon, 0), (change.EventName, change.Bucket, change.Key, change.Time, change.LineageDepth));
        Assert.Null(_records[0].Account);
    }

    [Fact]
    public void Unknown_members_and_quoted_eTags_and_empty_versions_are_borne()
    {
        Read("""
            {"EventName":"s3:ObjectCreated:Put","Key":"b/k","Records":[{"eventVersion":"2.0","eventSource":"minio:s3","awsRegion":"","eventTime":"2019-10-22T09:27:27Z",
            "eventName":"s3:ObjectCreated:Put","source":{"host":"h"},"s3":{"object":{"key":"k","size":5,"eTag":"\"abc\"","versionId":"","userMetadata":{"a":"b"}},"bucket":{"name":"b","id":null}}}]}
            """);
        var change = Assert.Single(_records).Change;
        Assert.Equal(("abc", (string?)null, 5L, ""), (change.ETag, change.VersionId, change.Size, change.Sequencer));
        Assert.Equal(new DateTimeOffset(2019, 10, 22, 9, 27, 27, TimeSpan.Zero), change.Time);
    }

    [Fact]
    public void A_bad_record_does_not_hold_up_its_neighbours()
    {
        var bad = Minimal.Replace("\"key\":\"k\"", "", StringComparison.Ordinal);
        Read($$"""{"Records":[{{Minimal}},{{bad}},{{Minimal}}]}""");
        Assert.Equal(2, _records.Count);
        Assert.Equal("Records[1].s3.object.key is missing", Assert.Single(_faults));
    }

    [Theory]
    [InlineData("", "not JSON: line 1, byte 1")]
    [InlineData("{\"Records\":[\n{]}", "not JSON: line 2, byte 2")]
    [InlineData("[]", "a JSON object with Records was expected, not an array")]
    [InlineData("{}", "Records is missing or not an array")]
    [InlineData("""{"Records":{}}""", "Records is missing or not an array")]
    [InlineData("""{"Records":[1]}""", "Records[0].s3 is missing")]
    [InlineData("""{"Records":[{"s3":"x"}]}""", "Records[0].s3 is a string, not an object")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"}}}]}""", "Records[0].s3.object is missing")]
    [InlineData("""{"Records":[{"s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0].eventName is missing")]
    [InlineData("""{"Records":[{"eventName":7,"s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0].eventName is a number, not a string")]
    [InlineData("""{"Records":[{"eventVersion":"3.0","eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0].eventVersion is '3.0'; 2.x is understood")]
    [InlineData("""{"Records":[{"eventTime":"yesterday","eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0].eventTime is not an ISO 8601 time")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":""},"object":{"key":"k"}}}]}""", "Records[0].s3.bucket.name is empty")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"100%.jpg"}}}]}""", "Records[0].s3.object.key '100%.jpg' is not form-encoded UTF-8")]
    [InlineData("""{"Records":[{"eventVersion":"3\n3002 forged line","eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0].eventVersion is '3\uFFFD3002 forged line'; 2.x is understood")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"%C3"}}}]}""", "Records[0].s3.object.key '%C3' is not form-encoded UTF-8")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"\ud800"}}}]}""", "Records[0].s3.object.key is not valid Unicode")]
    [InlineData("""{"Records":[{"\ud800":1,"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k"}}}]}""", "Records[0] has a member whose name is not valid Unicode")]
    [InlineData("""{"\ud800":1,"Records":[{"eventName":"x"}]}""", "a member's name is not valid Unicode")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k","size":-1}}}]}""", "Records[0].s3.object.size is not a number of bytes")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k","size":"5"}}}]}""", "Records[0].s3.object.size is not a number of bytes")]
    [InlineData("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"k"}},"glue":{"lineageDepth":-1}}]}""", "Records[0].glue.lineageDepth is not a count")]
    public void What_cannot_be_read_is_said_with_the_path_of_the_field(string json, string fault)
    {
        Read(json);
        Assert.Empty(_records);
        Assert.Equal(fault, Assert.Single(_faults));
    }

    [Fact]
    public void A_key_longer_than_S3_allows_is_refused()
    {
        Read("""{"Records":[{"eventName":"x","s3":{"bucket":{"name":"b"},"object":{"key":"KEY"}}}]}""".Replace("KEY", new string('k', 1025), StringComparison.Ordinal));
        Assert.Equal("Records[0].s3.object.key is longer than 1024 bytes", Assert.Single(_faults));
    }

    [Fact]
    public void The_test_event_that_S3_sends_for_a_new_configuration_is_no_fault()
    {
        Read("""{"Service":"Amazon S3","Event":"s3:TestEvent","Time":"2014-10-13T15:57:02.089Z","Bucket":"b","RequestId":"1","HostId":"2"}""");
        Assert.Empty(_records);
        Assert.Empty(_faults);
    }

    [Fact]
    public void Whatever_the_bytes_are_reading_never_throws_and_always_says_something()
    {
        var random = new Random(20261121);
        var sample = S3EventWriter.Logged(Changes.Put("für/a b.jpg"), "us-east-1");
        for (var round = 0; round < 20_000; round++)
        {
            var bytes = sample.ToArray();
            for (var hits = random.Next(1, 6); hits > 0; hits--)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }

            _records.Clear();
            _faults.Clear();
            S3EventReader.Read(bytes.AsMemory(0, random.Next(bytes.Length + 1)), Changes.Noon, _records, _faults);
            Assert.True(_records.Count + _faults.Count >= 1, $"round {round}: {Convert.ToHexString(bytes)}");
        }
    }

    private void Read(string json) => S3EventReader.Read(Encoding.UTF8.GetBytes(json), Changes.Noon, _records, _faults);
}
