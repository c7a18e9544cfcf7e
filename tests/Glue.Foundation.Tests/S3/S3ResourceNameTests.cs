using Glue.Foundation.S3;

namespace Glue.Foundation.Tests.S3;

public sealed class S3ResourceNameTests
{
    private static readonly string[] Domains = ["localhost", "s3.localhost", "s3.example.org"];

    [Theory]
    [InlineData("/", "127.0.0.1:9000", "", "")]
    [InlineData("/bucket", "127.0.0.1:9000", "bucket", "")]
    [InlineData("/bucket/", "localhost:9000", "bucket", "")]
    [InlineData("/bucket/key?x=/y", "s3.localhost", "bucket", "key")]
    [InlineData("/bucket/a%20b+c%2F%C3%BC", "[::1]:9000", "bucket", "a b+c/ü")]
    [InlineData("/bucket//a/../b/./%2e%2e", "other.example", "bucket", "/a/../b/./..")]
    [InlineData("/key", "bucket.localhost:9000", "bucket", "key")]
    [InlineData("/key", "bucket.s3.localhost", "bucket", "key")]
    [InlineData("/", "my.bucket.s3.example.org:80", "my.bucket", "")]
    [InlineData("/k", "BUCKET.S3.Example.Org", "bucket", "k")]
    [InlineData("http://proxy.example/bucket/key", "127.0.0.1", "bucket", "key")]
    public void Bucket_and_key_of_a_request(string target, string host, string bucket, string key)
    {
        var name = S3ResourceName.Parse(target, host, Domains);

        Assert.Equal((bucket, key), (name.Bucket, name.Key));
        Assert.Equal(!target.Contains(bucket, StringComparison.Ordinal), name.IsVirtualHost);
    }

    [Theory]
    [InlineData("/bucket/%")]
    [InlineData("/bucket/%2")]
    [InlineData("/bucket/%zz")]
    [InlineData("/bucket/%ff%fe")]
    public void A_path_that_is_not_percent_encoded_utf8_is_refused(string target) =>
        Assert.Throws<S3NameException>(() => S3ResourceName.Parse(target, "localhost", Domains));
}
