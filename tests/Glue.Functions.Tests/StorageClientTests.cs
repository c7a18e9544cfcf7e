using System.Text;
using Glue.Functions.Http;
using Glue.Functions.Storage;

namespace Glue.Functions.Tests;

public sealed class StorageClientTests
{
    [Fact]
    public async Task A_put_sends_type_length_and_metadata_and_gives_the_ETag()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 200 OK\r\nETag: \"abc\"\r\nContent-Length: 0\r\n\r\n"]);
        using var client = Connect(server);
        var upload = new ObjectUpload { ContentType = "text/plain", Metadata = new Dictionary<string, string> { ["colour"] = "red" } };
        Assert.Equal("abc", client.Put("bucket", "a b", "hello"u8, upload));
        Assert.Equal(
            $"PUT /bucket/a%20b HTTP/1.1\r\nHost: {server.Address}\r\nContent-Type: text/plain\r\nx-amz-meta-colour: red\r\nContent-Length: 5\r\n\r\nhello",
            Assert.Single(server.Requests));
    }

    [Fact]
    public async Task A_stream_is_put_and_sent_again_over_a_new_connection_when_the_kept_one_had_gone()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"], ["HTTP/1.1 200 OK\r\nETag: \"2\"\r\nContent-Length: 0\r\n\r\n"]);
        using var client = Connect(server);
        client.Put("bucket", "first", default, new ObjectUpload());
        Assert.Equal("2", client.Put("bucket", "second", new MemoryStream("hello"u8.ToArray()), 5, new ObjectUpload()));
        Assert.EndsWith("\r\n\r\nhello", server.Requests[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_range_of_a_version_is_read()
    {
        await using var server = new ScriptedServer(["HTTP/1.1 206 Partial Content\r\nContent-Length: 3\r\nx-amz-meta-A: b\r\nContent-Type: image/png\r\n\r\nell"]);
        using var client = Connect(server);
        using var part = client.Get("bucket", "key", new ObjectRange(1, 3), versionId: "v/1");
        Assert.Equal("ell", new StreamReader(part.Body, Encoding.ASCII).ReadToEnd());
        Assert.Equal(("image/png", 3L, "b"), (part.Info.ContentType, part.Info.ContentLength, part.Info.Metadata["a"]));
        Assert.StartsWith("GET /bucket/key?versionId=v%2F1 HTTP/1.1\r\n", server.Requests[0], StringComparison.Ordinal);
        Assert.Contains("Range: bytes=1-3\r\n", server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_carries_the_stores_code_reason_and_request_id()
    {
        const string Xml = "<?xml version=\"1.0\"?>\n<Error><Code>SlowDown</Code><Message>Less &amp; slower</Message></Error>";
        await using var server = new ScriptedServer([$"HTTP/1.1 503 Service Unavailable\r\nx-amz-request-id: R1\r\nContent-Length: {Xml.Length}\r\n\r\n{Xml}"]);
        using var client = Connect(server);
        var refused = Assert.Throws<StorageException>(() => client.Get("bucket", "key"));
        Assert.Equal((503, "SlowDown", "R1", "GET bucket/key: SlowDown (503): Less & slower"), (refused.Status, refused.Code, refused.RequestId, refused.Message));
    }

    [Fact]
    public async Task A_HEAD_is_told_from_its_status_alone()
    {
        await using var server = new ScriptedServer(
            ["HTTP/1.1 404 Not Found\r\nContent-Length: 300\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 7000000000\r\nETag: \"e\"\r\n\r\n"]);
        using var client = Connect(server);
        Assert.Equal("NotFound", Assert.Throws<StorageException>(() => client.Head("bucket", "key")).Code);
        Assert.Equal(7_000_000_000, client.Head("bucket", "key").ContentLength);
    }

    [Fact]
    public async Task An_upload_in_parts_is_begun_sent_in_any_order_and_completed_in_theirs()
    {
        await using var server = new ScriptedServer([
            "HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n<UploadId>a/b+c</UploadId>\n",
            "HTTP/1.1 200 OK\r\nETag: \"two\"\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nETag: \"one\"\r\nContent-Length: 0\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n<ETag>\"whole-2\"</ETag>  \n",
        ]);
        using var client = Connect(server);
        var upload = client.BeginUpload("bucket", "key", new ObjectUpload());
        upload.Send(2, "second"u8);
        upload.Send(1, "first"u8);
        Assert.Equal("whole-2", upload.Complete());
        Assert.StartsWith("POST /bucket/key?uploads HTTP/1.1\r\n", server.Requests[0], StringComparison.Ordinal);
        Assert.StartsWith("PUT /bucket/key?partNumber=2&uploadId=a%2Fb%2Bc HTTP/1.1\r\n", server.Requests[1], StringComparison.Ordinal);
        Assert.EndsWith("\r\nx-glue-part-etag: xxh128\r\n\r\nsecond", server.Requests[1], StringComparison.Ordinal);
        Assert.EndsWith(
            "<Part><PartNumber>1</PartNumber><ETag>\"one\"</ETag></Part><Part><PartNumber>2</PartNumber><ETag>\"two\"</ETag></Part></CompleteMultipartUpload>",
            server.Requests[3], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_inside_a_completions_200_is_an_error()
    {
        const string Xml = "<Error><Code>InternalError</Code><Message>later</Message></Error>";
        await using var server = new ScriptedServer([
            "HTTP/1.1 200 OK\r\nContent-Length: 22\r\n\r\n<UploadId>u</UploadId>", $"HTTP/1.1 200 OK\r\nContent-Length: {Xml.Length}\r\n\r\n{Xml}",
        ]);
        using var client = Connect(server);
        Assert.Equal("InternalError", Assert.Throws<StorageException>(client.BeginUpload("bucket", "key", new ObjectUpload()).Complete).Code);
    }

    [Fact]
    public async Task A_stream_asks_for_growing_ranges_and_goes_on_where_a_connection_broke()
    {
        var range = new string('x', 256 * 1024);
        await using var server = new ScriptedServer(
            ["HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 300000\r\n\r\n", $"HTTP/1.1 206 Partial Content\r\nContent-Length: 262144\r\n\r\n{range[..100_000]}"],
            [$"HTTP/1.1 206 Partial Content\r\nContent-Length: 200000\r\n\r\n{range[..200_000]}"]);
        using var client = Connect(server);
        using var stream = new ObjectStream(client, "bucket", "key");
        Assert.Equal(300_000, stream.Length);
        Assert.Equal(300_000, new StreamReader(stream, Encoding.ASCII).ReadToEnd().Length);
        Assert.Contains("Range: bytes=0-262143\r\nIf-Match: \"e\"\r\n", server.Requests[1], StringComparison.Ordinal);
        Assert.Contains("Range: bytes=100000-299999\r\n", server.Requests[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_that_goes_back_to_its_beginning_reads_on_in_the_same_answer()
    {
        await using var server = new ScriptedServer(
            ["HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 200000\r\n\r\n", $"HTTP/1.1 206 Partial Content\r\nContent-Length: 200000\r\n\r\nmagic{new string('x', 199_995)}"]);
        using var client = Connect(server);
        using var stream = new ObjectStream(client, "bucket", "key");
        var start = new byte[16];
        stream.ReadExactly(start);
        stream.Position = 0;
        var whole = new StreamReader(stream, Encoding.ASCII).ReadToEnd();
        Assert.StartsWith("magicxxx", whole, StringComparison.Ordinal);
        Assert.Equal((200_000, 200_000L, 2), (whole.Length, stream.BytesFetched, server.Requests.Count));
    }

    private static StorageClient Connect(ScriptedServer server) => new(HttpEndpoint.Parse(server.Address));
}
