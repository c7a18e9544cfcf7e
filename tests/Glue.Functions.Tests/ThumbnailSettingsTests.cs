using Glue.Functions.Thumbnail;

namespace Glue.Functions.Tests;

public sealed class ThumbnailSettingsTests
{
    [Fact]
    public void Without_any_variable_a_thumbnail_is_256_pixels_JPEG_or_PNG_under_thumbnails()
    {
        var settings = Read();
        Assert.Equal((256, 256, 80, "thumbnails/"), (settings.Width, settings.Height, settings.Quality, settings.OutputPrefix));
        Assert.Null(settings.Format);
        Assert.Null(settings.OutputBucket);
        Assert.Equal(268_402_689, settings.MostPixels);
    }

    [Theory]
    [InlineData("100", 100, 100)]
    [InlineData("320x240", 320, 240)]
    [InlineData("10000X1", 10_000, 1)]
    public void SIZE_is_a_square_or_a_box(string text, int width, int height)
    {
        var settings = Read(("SIZE", text));
        Assert.Equal((width, height), (settings.Width, settings.Height));
    }

    [Theory]
    [InlineData("0")]
    [InlineData("10001")]
    [InlineData("1x2x3")]
    [InlineData("x100")]
    [InlineData("-5")]
    public void A_SIZE_that_is_neither_is_refused_with_an_example(string text)
    {
        var refused = Assert.Throws<SettingsException>(() => Read(("SIZE", text)));
        Assert.Equal($"SIZE is '{text}': write pixels as 256 or 320x240, 1 to 10000 a side", refused.Message);
    }

    [Fact]
    public void An_empty_prefix_is_right_with_a_bucket_of_its_own_only()
    {
        Assert.Equal("", Read(("OUTPUT_PREFIX", ""), ("OUTPUT_BUCKET", "small")).OutputPrefix);
        Assert.Throws<SettingsException>(() => Read(("OUTPUT_PREFIX", "")));
    }

    private static ThumbnailSettings Read(params (string Name, string Value)[] variables) =>
        ThumbnailSettings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
