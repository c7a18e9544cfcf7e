using Glue.Functions.Objects;
using Glue.Functions.Thumbnail;

namespace Glue.Functions.Tests;

public sealed class ThumbnailSettingsTests
{
    [Fact]
    public void Without_any_variable_a_thumbnail_is_256_pixels_JPEG_or_PNG_under_thumbnails()
    {
        var settings = Read();
        Assert.Equal([new ThumbnailSize(256, 256, "256")], settings.Sizes);
        Assert.Equal((80, new OutputPlace(null, "thumbnails/"), Fit.Fit, false), (settings.Quality, settings.Output, settings.Fit, settings.HasFolders));
        Assert.Null(settings.Format);
        Assert.Equal(268_402_689, settings.MostPixels);
    }

    [Theory]
    [InlineData("100", 100, 100)]
    [InlineData("320x240", 320, 240)]
    [InlineData("10000X1", 10_000, 1)]
    public void SIZE_is_a_square_or_a_box(string text, int width, int height)
    {
        var size = Assert.Single(Read(("SIZE", text)).Sizes);
        Assert.Equal((width, height), (size.Width, size.Height));
    }

    [Fact]
    public void SIZES_are_several_each_once_largest_first_and_stand_before_SIZE()
    {
        var settings = Read(("SIZES", "128, 512x512,1024,128"), ("SIZE", "7"));
        Assert.Equal(["1024", "512x512", "128"], settings.Sizes.Select(static size => size.Text));
        Assert.True(settings.HasFolders);
    }

    [Theory]
    [InlineData("SIZES", "128,", "SIZES has '': write pixels as 128,320x240,1024, 1 to 10000 a side")]
    [InlineData("FIT", "fill", "FIT is 'fill': it can be fit, cover or contain")]
    [InlineData("CROP", "top", "CROP is 'top': it can be smart, entropy or centre")]
    [InlineData("BACKGROUND", "pink", "BACKGROUND is 'pink': write #RRGGBB, white, black or transparent")]
    [InlineData("METADATA", "some", "METADATA is 'some': it can be strip or keep")]
    [InlineData("ANIMATION", "two", "ANIMATION is 'two': it can be first or all")]
    public void What_is_wrong_is_said_with_what_would_be_right(string name, string value, string message) =>
        Assert.Equal(message, Assert.Throws<SettingsException>(() => Read((name, value))).Message);

    [Fact]
    public void What_cannot_go_together_is_refused()
    {
        Assert.Contains("FIT=fit", Assert.Throws<SettingsException>(() => Read(("ANIMATION", "all"), ("FIT", "cover"))).Message, StringComparison.Ordinal);
        Assert.Contains("JPEG cannot be", Assert.Throws<SettingsException>(() => Read(("BACKGROUND", "transparent"), ("FORMAT", "jpeg"))).Message, StringComparison.Ordinal);
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
        Assert.Equal("", Read(("OUTPUT_PREFIX", ""), ("OUTPUT_BUCKET", "small")).Output.Prefix);
        Assert.Throws<SettingsException>(() => Read(("OUTPUT_PREFIX", "")));
    }

    private static ThumbnailSettings Read(params (string Name, string Value)[] variables) =>
        ThumbnailSettings.Read(name => variables.FirstOrDefault(variable => variable.Name == name).Value);
}
