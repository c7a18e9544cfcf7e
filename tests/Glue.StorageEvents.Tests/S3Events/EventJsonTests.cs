using System.Text;
using Glue.Contracts.Storage;
using Glue.StorageEvents.S3Events;

namespace Glue.StorageEvents.Tests.S3Events;

/// <summary>
/// Golden bytes of what functions get and of what the log keeps. Handlers in many languages read the first; records written by an
/// older Glue are read back from the second. Changing a byte here breaks one or the other.
/// </summary>
public sealed class EventJsonTests
{
    [Fact]
    public void A_put_is_written_as_AWS_writes_it() => Assert.Equal(
        """
        {"Records":[{"eventVersion":"2.6","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-11-21T12:00:00.007Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:GLUEADMIN"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD"},"s3":{"s3SchemaVersion":"1.0","configurationId":"thumbnails","bucket":{"name":"photos","ownerIdentity":{"principalId":"000000000000"},"arn":"arn:aws:s3:::photos"},"object":{"key":"in/cat.jpg","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}}}]}
        """,
        ForFunction(Changes.Put()));

    [Fact]
    public void A_multipart_upload_keeps_its_eTag_with_the_number_of_parts_and_a_versioned_object_its_version() => Assert.Contains(
        """
        "object":{"key":"big.bin","size":20000000000,"eTag":"9bb58f26192e4ba00f01e2e7b136bbd8-4000","versionId":"096fKKXTRTtl3on89fVO.nfljtsv6qko","sequencer":"0055AED6DCD90281E5"}}}]}
        """,
        ForFunction(Changes.Put("big.bin") with
        {
            EventName = "ObjectCreated:CompleteMultipartUpload",
            Size = 20_000_000_000,
            ETag = "9bb58f26192e4ba00f01e2e7b136bbd8-4000",
            VersionId = "096fKKXTRTtl3on89fVO.nfljtsv6qko",
        }));

    [Fact]
    public void A_copy_says_that_no_annotations_came_with_it() => Assert.Contains(
        """
        "object":{"key":"copy.jpg","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","hasObjectAnnotation":false,"sequencer":"0055AED6DCD90281E5"}}}]}
        """,
        ForFunction(Changes.Put("copy.jpg") with { EventName = "ObjectCreated:Copy" }));

    [Fact]
    public void A_deletion_has_neither_size_nor_eTag() => Assert.Contains(
        """
        "object":{"key":"in/cat.jpg","sequencer":"0055AED6DCD90281E5"}}}]}
        """,
        ForFunction(Changes.Delete()));

    [Theory]
    [InlineData("red flower.jpg", "red+flower.jpg")]
    [InlineData("a+b.jpg", "a%2Bb.jpg")]
    [InlineData("für/élan 100%.jpg", "f%C3%BCr/%C3%A9lan+100%25.jpg")]
    [InlineData("日本/🐈.png", "%E6%97%A5%E6%9C%AC/%F0%9F%90%88.png")]
    [InlineData("HappyFace(1)~!'.jpg", "HappyFace%281%29%7E%21%27.jpg")]
    [InlineData("year=2026/a:b,c;d?e#f&g@h$i", "year%3D2026/a%3Ab%2Cc%3Bd%3Fe%23f%26g%40h%24i")]
    [InlineData("keep-._*/0aZ", "keep-._*/0aZ")]
    [InlineData("quote\"back\\slash\u0001\u007f", "quote%22back%5Cslash%01%7F")]
    public void Keys_are_form_encoded_and_come_back(string key, string encoded)
    {
        Assert.Contains($"\"key\":\"{encoded}\",", ForFunction(Changes.Put(key)));
        Assert.True(S3KeyEncoding.TryDecode(encoded, out var decoded));
        Assert.Equal(key, decoded);
    }

    [Fact]
    public void The_longest_key_of_the_most_expensive_bytes_comes_back()
    {
        var key = new string('+', S3KeyEncoding.MaxKeyBytes);
        Assert.Equal(key, Assert.Single(Read(S3EventWriter.Logged(Changes.Put(key), "us-east-1"))).Change.Key);
    }

    [Fact]
    public void The_logged_form_carries_account_and_lineage_and_no_rule() => Assert.Equal(
        """
        {"Records":[{"eventVersion":"2.6","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"2026-11-21T12:00:00.007Z","eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:GLUEADMIN"},"requestParameters":{"sourceIPAddress":"127.0.0.1"},"responseElements":{"x-amz-request-id":"C3D13FE58DE4C810","x-amz-id-2":"FMyUVURIY8/IgAtTv8xRjskZQpcIZ9KG4V5Wp6S7S/JRWeUWerMUE5JgHvANOjpD"},"s3":{"s3SchemaVersion":"1.0","bucket":{"name":"photos","ownerIdentity":{"principalId":"000000000000"},"arn":"arn:aws:s3:::photos"},"object":{"key":"in/cat.jpg","size":1024,"eTag":"d41d8cd98f00b204e9800998ecf8427e","sequencer":"0055AED6DCD90281E5"}},"glue":{"account":"000000000000","lineageDepth":3}}]}
        """,
        Text(S3EventWriter.Logged(Changes.Put() with { LineageDepth = 3 }, "us-east-1")));

    [Fact]
    public void Functions_never_see_the_internal_member() =>
        Assert.Equal(ForFunction(Changes.Put()), ForFunction(Changes.Put() with { LineageDepth = 3 }));

    [Fact]
    public void What_is_logged_is_what_is_read()
    {
        foreach (var change in new[]
        {
            Changes.Put("für/a+b c%.jpg"),
            Changes.Put() with { VersionId = "v1", LineageDepth = 15, EventName = "ObjectCreated:Copy" },
            Changes.Delete(),
            Changes.Put() with { PrincipalId = "a\"b\\c\n<é>", Size = 0 },
        })
        {
            var record = Assert.Single(Read(S3EventWriter.Logged(change, "eu-west-1")));
            Assert.Equal(change, record.Change);
            Assert.Equal("000000000000", record.Account);
        }
    }

    private static string ForFunction(ObjectChange change) => Text(S3EventWriter.ForFunction(change, "us-east-1", "thumbnails"));

    private static string Text(byte[] utf8) => Encoding.UTF8.GetString(utf8);

    private static List<S3EventRecord> Read(byte[] json)
    {
        var records = new List<S3EventRecord>();
        var faults = new List<string>();
        S3EventReader.Read(json, Changes.Noon, records, faults);
        Assert.Empty(faults);
        return records;
    }
}
