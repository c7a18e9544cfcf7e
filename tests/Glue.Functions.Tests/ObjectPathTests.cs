using Glue.Functions.Storage;

namespace Glue.Functions.Tests;

public sealed class ObjectPathTests
{
    [Theory]
    [InlineData("a/b.jpg", "/bucket/a/b.jpg")]
    [InlineData("a b+c", "/bucket/a%20b%2Bc")]
    [InlineData("-._~", "/bucket/-._~")]
    [InlineData("100%?#&=", "/bucket/100%25%3F%23%26%3D")]
    [InlineData("ü🐱", "/bucket/%C3%BC%F0%9F%90%B1")]
    [InlineData("/a//b", "/bucket//a//b")]
    public void A_key_is_percent_encoded_as_S3_signs_it(string key, string path) => Assert.Equal(path, ObjectPath.Encode("bucket", key));
}
