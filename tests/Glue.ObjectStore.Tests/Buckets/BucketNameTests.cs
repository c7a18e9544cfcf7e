using Glue.ObjectStore.Buckets;

namespace Glue.ObjectStore.Tests.Buckets;

public sealed class BucketNameTests
{
    [Theory]
    [InlineData("abc")]
    [InlineData("my.bucket-1")]
    [InlineData("0-9")]
    [InlineData("1.2.3.4.5")]
    public void S3_allows(string name) => Assert.True(BucketName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("Abc")]
    [InlineData("a_b")]
    [InlineData("-abc")]
    [InlineData("abc-")]
    [InlineData("a..b")]
    [InlineData("192.168.5.4")]
    [InlineData("xn--abc")]
    [InlineData("abc-s3alias")]
    [InlineData("abc\n")]
    [InlineData("1234567890123456789012345678901234567890123456789012345678901234")]
    public void S3_refuses(string name) => Assert.False(BucketName.IsValid(name));
}
