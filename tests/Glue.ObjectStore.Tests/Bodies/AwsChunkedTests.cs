using System.IO.Pipelines;
using System.Text;
using Glue.Foundation.Signing;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.ObjectStore.Tests.Bodies;

/// <summary>The chunked upload of Amazon S3's API Reference ("Transferring payload in multiple chunks"), and what can be wrong with one.</summary>
public sealed class AwsChunkedTests
{
    private const string First = "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648";
    private const string Second = "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497";
    private const string Last = "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9";

    private static readonly string Published =
        $"10000;chunk-signature={First}\r\n{new string('a', 65536)}\r\n400;chunk-signature={Second}\r\n{new string('a', 1024)}\r\n0;chunk-signature={Last}\r\n\r\n";

    [Theory]
    [InlineData(1)]
    [InlineData(17)]
    [InlineData(100_000)]
    public async Task The_published_upload_is_decoded_however_the_network_cuts_it(int pieceBytes) =>
        Assert.Equal(new string('a', 66560), await DecodeAsync(Published, PublishedSigning(), 66560, pieceBytes));

    [Theory]
    [InlineData("a byte changed", "aaaa\r\n400", "aaab\r\n400", "SignatureDoesNotMatch")]
    [InlineData("a chunk's signature changed", First, Second, "SignatureDoesNotMatch")]
    [InlineData("the last signature changed", Last, First, "SignatureDoesNotMatch")]
    [InlineData("the last signature missing", ";chunk-signature=" + Last, "", "SignatureDoesNotMatch")]
    [InlineData("no size", "400;", "four;", "InvalidRequest")]
    [InlineData("a negative size", "400;", "-400;", "InvalidRequest")]
    [InlineData("more than announced", "400;", "401;", "IncompleteBody")]
    [InlineData("a size that is too small", "400;", "3ff;", "SignatureDoesNotMatch")]
    [InlineData("an absurd size", "400;", "ffffffffffffffff;", "InvalidRequest")]
    [InlineData("cut short", "\r\n0;chunk-signature=" + Last + "\r\n\r\n", "", "IncompleteBody")]
    public async Task A_damaged_upload_is_refused(string damage, string from, string to, string code)
    {
        var damaged = Published.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Published, damaged);

        var refused = await Assert.ThrowsAsync<S3Exception>(() => DecodeAsync(damaged, PublishedSigning(), 66560, 4096));

        Assert.True(refused.Error.Code == code, $"{damage}: {refused.Error.Code} {refused.Message}");
    }

    [Fact]
    public async Task Unsigned_chunks_carry_trailers()
    {
        using var reader = Reader("3\r\nabc\r\n2\r\nde\r\n0\r\nx-amz-checksum-crc32: hYdzJg==\r\n\r\n", PayloadSigning.StreamingUnsignedTrailer, 5, 3);

        Assert.Equal("abcde", await ReadAllAsync(reader));
        Assert.Equal("hYdzJg==", reader.Trailers["X-Amz-Checksum-CRC32"]);
    }

    [Theory]
    [InlineData("x-amz-checksum-sha256", 1, "does not announce")]
    [InlineData("x-amz-checksum-crc32", 3, "more than 16384 bytes")]
    public async Task Trailers_are_those_announced_and_few(string name, int times, string complaint)
    {
        var trailers = string.Concat(Enumerable.Repeat($"{name}:{new string('v', 6000)}\r\n", times));

        var refused = await Assert.ThrowsAsync<S3Exception>(() => DecodeAsync($"1\r\nx\r\n0\r\n{trailers}\r\n", PayloadSigning.StreamingUnsignedTrailer, 1, 4096));

        Assert.Equal("InvalidRequest", refused.Error.Code);
        Assert.Contains(complaint, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_line_without_end_is_refused_before_it_fills_the_memory()
    {
        var refused = await Assert.ThrowsAsync<S3Exception>(
            () => DecodeAsync(new string('1', 100_000), PayloadSigning.StreamingUnsignedTrailer, 5, 4096));

        Assert.Equal("InvalidRequest", refused.Error.Code);
    }

    private static Task<string> DecodeAsync(string body, PayloadSigning signing, long length, int pieceBytes) =>
        ReadAllAsync(Reader(body, signing, length, pieceBytes));

    private static AwsChunkedPayloadReader Reader(string body, PayloadSigning signing, long length, int pieceBytes) =>
        new(PipeReader.Create(new SlowStream(Encoding.ASCII.GetBytes(body), pieceBytes)), signing, length, "x-amz-checksum-sha1, X-Amz-Checksum-CRC32");

    private static async Task<string> ReadAllAsync(AwsChunkedPayloadReader reader)
    {
        var decoded = new MemoryStream();
        var buffer = new byte[1000];
        while (await reader.ReadAsync(buffer, CancellationToken.None) is var read and > 0)
        {
            decoded.Write(buffer.AsSpan(0, read));
        }

        return Encoding.ASCII.GetString(decoded.ToArray());
    }

    private static PayloadSigning PublishedSigning()
    {
        var http = new DefaultHttpContext();
        var feature = http.Features.Get<IHttpRequestFeature>()!;
        (feature.Method, feature.RawTarget) = ("PUT", "/examplebucket/chunkObject.txt");
        var headers = http.Request.Headers;
        headers.Host = "s3.amazonaws.com";
        headers["x-amz-date"] = "20130524T000000Z";
        headers["x-amz-storage-class"] = "REDUCED_REDUNDANCY";
        headers["x-amz-content-sha256"] = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD";
        headers["x-amz-decoded-content-length"] = "66560";
        headers.ContentEncoding = "aws-chunked";
        headers.ContentLength = 66824;
        headers.Authorization = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,"
            + "SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,"
            + "Signature=4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
        var result = new SigV4Verifier(new ExampleKeys(), new ExampleTime()).Verify(http.Request, "s3");
        Assert.Null(result.Failure);
        return result.PayloadSigning;
    }

    private sealed class ExampleKeys : ICredentialSource
    {
        public Credential Find(string accessKeyId) => new(accessKeyId, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "000000000000", "example");
    }

    private sealed class ExampleTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => new(2013, 5, 24, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>Gives a few bytes at a time, as a network does.</summary>
    private sealed class SlowStream(byte[] bytes, int pieceBytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read(buffer.Span[..Math.Min(buffer.Length, pieceBytes)]));
    }
}
