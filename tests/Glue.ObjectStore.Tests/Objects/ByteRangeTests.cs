using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Tests.Objects;

public sealed class ByteRangeTests
{
    [Theory]
    [InlineData("bytes=0-0", 0, 1)]
    [InlineData("bytes=2-4", 2, 3)]
    [InlineData("bytes=9-", 9, 1)]
    [InlineData("bytes=9-99999999999999", 9, 1)]
    [InlineData("bytes=-1", 9, 1)]
    [InlineData("bytes=-99", 0, 10)]
    [InlineData("BYTES= 1-1 ", 1, 1)]
    public void A_range_within_ten_bytes(string header, long start, long length) =>
        Assert.Equal(new ByteRange(start, length), ByteRange.Parse(header, 10));

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bytes=")]
    [InlineData("bytes=-")]
    [InlineData("bytes=a-b")]
    [InlineData("bytes=1-x")]
    [InlineData("bytes=+1-2")]
    [InlineData("bytes=3-1")]
    [InlineData("bytes=0-1,3-4")]
    [InlineData("chars=0-1")]
    public void What_is_no_single_range_gives_the_whole_object(string? header) => Assert.Null(ByteRange.Parse(header, 10));

    [Theory]
    [InlineData("bytes=10-", 10)]
    [InlineData("bytes=10-20", 10)]
    [InlineData("bytes=-0", 10)]
    [InlineData("bytes=0-", 0)]
    [InlineData("bytes=-1", 0)]
    public void A_range_beyond_the_end_is_an_error(string header, long size) =>
        Assert.Equal("InvalidRange", Assert.Throws<S3Exception>(() => ByteRange.Parse(header, size)).Error.Code);
}
