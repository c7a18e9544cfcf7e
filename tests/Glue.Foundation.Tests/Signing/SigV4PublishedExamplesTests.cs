using Glue.Foundation.Signing;

namespace Glue.Foundation.Tests.Signing;

/// <summary>
/// The examples of Amazon S3's API Reference ("Authenticating Requests: Using the Authorization Header" and "Using Query
/// Parameters", bucket examplebucket, 24 May 2013). Golden: a change of any signature here means no client can sign in.
/// </summary>
public sealed class SigV4PublishedExamplesTests
{
    private const string Empty = SigV4Signer.EmptyPayload;
    private const string Scope = "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request";

    private readonly FixedTime _time = new(new DateTimeOffset(2013, 5, 24, 0, 0, 0, TimeSpan.Zero));
    private readonly SigV4Verifier _verifier;

    public SigV4PublishedExamplesTests() => _verifier = new SigV4Verifier(new Keys(), _time);

    [Fact]
    public void Get_object_with_a_range()
    {
        var request = Requests.Parse("GET", "/test.txt",
            ("Host", "examplebucket.s3.amazonaws.com"), ("Range", "bytes=0-9"), ("x-amz-content-sha256", Empty), ("x-amz-date", "20130524T000000Z"),
            ("Authorization", Scope + ",SignedHeaders=host;range;x-amz-content-sha256;x-amz-date,Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"));

        var result = _verifier.Verify(request, "s3");

        Assert.Null(result.Failure);
        Assert.Equal("000000000000", result.Credential!.AccountId);
        Assert.Equal(PayloadSigningKind.SignedHash, result.PayloadSigning.Kind);
        Assert.Equal(Empty, result.PayloadSigning.Sha256Hex);
    }

    [Fact]
    public void Put_object_with_a_dollar_sign_in_the_key()
    {
        const string Hash = "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072";
        var request = Requests.Parse("PUT", "/test$file.text",
            ("Host", "examplebucket.s3.amazonaws.com"), ("Date", "Fri, 24 May 2013 00:00:00 GMT"), ("x-amz-date", "20130524T000000Z"),
            ("x-amz-storage-class", "REDUCED_REDUNDANCY"), ("x-amz-content-sha256", Hash),
            ("Authorization", Scope + ",SignedHeaders=date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class,Signature=98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd"));

        Assert.Null(_verifier.Verify(request, "s3").Failure);
    }

    [Theory]
    [InlineData("/?lifecycle", "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543")]
    [InlineData("/?max-keys=2&prefix=J", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    [InlineData("/?prefix=J&max-keys=2", "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7")]
    public void Bucket_subresource_and_list_whatever_the_order_of_the_query(string target, string signature)
    {
        var request = Requests.Parse("GET", target,
            ("Host", "examplebucket.s3.amazonaws.com"), ("x-amz-content-sha256", Empty), ("x-amz-date", "20130524T000000Z"),
            ("Authorization", Scope + ",SignedHeaders=host;x-amz-content-sha256;x-amz-date,Signature=" + signature));

        Assert.Null(_verifier.Verify(request, "s3").Failure);
    }

    [Fact]
    public void Presigned_get_lives_for_its_day_and_not_a_second_longer()
    {
        var request = Requests.Parse("GET",
            "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request"
            + "&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
            + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
            ("Host", "examplebucket.s3.amazonaws.com"));

        Assert.Null(_verifier.Verify(request, "s3").Failure);
        Assert.Equal(PayloadSigningKind.Unsigned, _verifier.Verify(request, "s3").PayloadSigning.Kind);

        _time.Now += TimeSpan.FromSeconds(86_400);
        Assert.Null(_verifier.Verify(request, "s3").Failure);

        _time.Now += TimeSpan.FromSeconds(1);
        Assert.Equal(SigV4FailureKind.Expired, _verifier.Verify(request, "s3").Failure!.Kind);
    }

    [Fact]
    public void Streaming_put_gives_the_seed_of_its_chunk_signatures()
    {
        const string Signature = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9";
        var request = Requests.Parse("PUT", "/examplebucket/chunkObject.txt",
            ("Host", "s3.amazonaws.com"), ("x-amz-date", "20130524T000000Z"), ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
            ("x-amz-content-sha256", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"), ("Content-Encoding", "aws-chunked"),
            ("x-amz-decoded-content-length", "66560"), ("Content-Length", "66824"),
            ("Authorization", Scope + ",SignedHeaders=content-encoding;content-length;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-storage-class,Signature=" + Signature));

        var result = _verifier.Verify(request, "s3");

        Assert.Null(result.Failure);
        Assert.Equal(PayloadSigningKind.StreamingSigned, result.PayloadSigning.Kind);
        Assert.Equal(Signature, result.PayloadSigning.Seed!.Signature);
        Assert.Equal("20130524/us-east-1/s3/aws4_request", result.PayloadSigning.Seed.Scope);
    }
}
