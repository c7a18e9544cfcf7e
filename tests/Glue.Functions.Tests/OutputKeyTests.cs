using Glue.Functions.Thumbnail;

namespace Glue.Functions.Tests;

public sealed class OutputKeyTests
{
    [Theory]
    [InlineData("a.jpg", "t/a.jpg")]
    [InlineData("cats/a.JPEG", "t/cats/a.JPEG")]
    [InlineData("a.heic", "t/a.heic.jpg")]
    [InlineData("a", "t/a.jpg")]
    [InlineData("a.b/c", "t/a.b/c.jpg")]
    public void The_extension_is_appended_unless_the_key_has_it(string key, string output) =>
        Assert.Equal(output, OutputFormat.Jpeg.KeyFor("t/", key));

    [Fact]
    public void Two_originals_that_differ_in_their_extension_alone_keep_two_thumbnails() =>
        Assert.NotEqual(OutputFormat.Jpeg.KeyFor("t/", "IMG_1.HEIC"), OutputFormat.Jpeg.KeyFor("t/", "IMG_1.JPG"));
}
