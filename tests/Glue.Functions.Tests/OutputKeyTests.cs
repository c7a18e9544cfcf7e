using Glue.Functions.Thumbnail;

namespace Glue.Functions.Tests;

public sealed class OutputKeyTests
{
    [Theory]
    [InlineData("a.jpg", "t/a.jpg")]
    [InlineData("cats/a.JPEG", "t/cats/a.JPEG")]
    [InlineData("a.heic", "t/a.heic.jpg")]
    [InlineData("v1.2 of a.jpg", "t/v1.2 of a.jpg")]
    [InlineData("a.jpg/b.png", "t/a.jpg/b.png.jpg")]
    public void The_extension_is_appended_where_the_key_names_another_format(string key, string output) =>
        Assert.Equal(output, OutputFormat.Jpeg.KeyFor("t/", key));

    [Theory]
    [InlineData("photo", "t/photo")]
    [InlineData("a.b/c", "t/a.b/c")]
    [InlineData("a.heic.jpg", "t/a.heic.jpg.jpg")]
    [InlineData("a.png.jpg.jpeg", "t/a.png.jpg.jpeg.jpg")]
    public void A_key_that_is_what_another_ones_thumbnail_could_be_called_gives_way(string key, string output) =>
        Assert.Equal(output, OutputFormat.Jpeg.KeyFor("t/", key));

    [Fact]
    public void No_two_originals_share_a_thumbnails_key_whatever_format_each_of_them_becomes()
    {
        string[] ends = ["", ".jpg", ".JPG", ".jpeg", ".png", ".heic", ".v2"];
        var keys = (from one in ends from two in ends from three in ends select "IMG_1" + one + two + three).Distinct().ToList();
        var made = from key in keys
                   from format in new[] { OutputFormat.Jpeg, OutputFormat.Png, OutputFormat.WebP }
                   select (Key: key, Thumbnail: format.KeyFor("t/", key));
        Assert.All(made.GroupBy(static pair => pair.Thumbnail), static same => Assert.Single(same.Select(static pair => pair.Key).Distinct()));
    }
}
