namespace Glue.Functions.FunctionalTests;

/// <summary>A thumbnail has the colours of its picture, profile or none.</summary>
public sealed class ThumbnailColourTests(Pictures pictures) : IClassFixture<Pictures>
{
    [Theory]
    [InlineData("white", "PNG24:", ".png", "255 255 255")]
    [InlineData("red", "PNG24:", ".png", "255 0 0")]
    [InlineData("rgb(200,100,50)", "PNG48:", ".png", "200 100 50")]
    [InlineData("white", "-colorspace Gray PNG:", ".png", "255")]
    [InlineData("gray(128)", "-colorspace Gray JPEG:", ".jpg", "128")]
    [InlineData("white", "-colorspace CMYK JPEG:", ".jpg", "255 255 255")]
    [InlineData("white", "-colorspace Lab TIFF:", ".tif", "255 255 255")]
    [InlineData("white", "WEBP:", ".webp", "255 255 255")]
    [InlineData("rgb(200,100,50)", "GIF:", ".gif", "200 100 50")]
    public async Task A_picture_without_a_profile_keeps_its_colours(string colour, string kind, string extension, string samples)
    {
        var picture = await pictures.PlainAsync(colour, kind, extension);
        foreach (var size in new[] { "SIZE", "SIZES" })
        {
            Assert.Equal(samples, await ColourAsync(picture, extension, (size, "64")));
        }
    }

    [Theory]
    [InlineData("p3", "rgb(200,100,50)")]
    [InlineData("srgb", "rgb(200,100,50)")]
    [InlineData("srgb", "white")]
    public async Task A_picture_with_a_profile_is_brought_into_sRGB_as_vipsthumbnail_does_it(string profile, string colour)
    {
        var picture = await pictures.WithProfileAsync(await pictures.PlainAsync(colour, "PNG24:", ".png"), profile);
        var expected = (await pictures.ReferencePixelsAsync(picture, ".png", "srgb"))[..3];
        Assert.Equal(string.Join(' ', expected), await ColourAsync(picture, ".png", ("SIZE", "64")));
        Assert.Equal(profile == "srgb", (await pictures.PixelsAsync(await pictures.PlainAsync(colour, "PNG24:", ".png"))).AsSpan(0, 3).SequenceEqual(expected));
    }

    [Theory]
    [InlineData("gray(128)", "-colorspace Gray JPEG:", "128", true)] // a profile for RGB in a grey picture
    [InlineData("gray(128)", "-colorspace Gray JPEG:", "128", false)]
    [InlineData("red", "JPEG:", "254 0 0", false)] // no profile at all, whatever it is called
    [InlineData("white", "-colorspace CMYK JPEG:", "255 255 255", true)]
    public async Task A_profile_that_does_not_fit_its_picture_is_passed_over(string colour, string kind, string samples, bool isProfile)
    {
        var jpeg = await pictures.PlainAsync(colour, kind, ".jpg");
        var profile = isProfile ? await pictures.ProfileAsync("srgb") : new byte[500];
        byte[] segment = [.. "ICC_PROFILE\0"u8, 1, 1, .. profile];
        byte[] picture = [.. jpeg[..2], 0xFF, 0xE2, (byte)((segment.Length + 2) >> 8), (byte)(segment.Length + 2), .. segment, .. jpeg[2..]];
        Assert.Equal(samples, await ColourAsync(picture, ".jpg", ("SIZE", "64")));
        await ColourAsync(picture, ".jpg", ("SIZE", "64"), ("METADATA", "keep"));
    }

    [Theory]
    [InlineData("jpeg", "contain", 255)]
    [InlineData("png", "contain", 255)]
    [InlineData("png", "cover", 128)]
    [InlineData("webp", "fit", 128)]
    [InlineData("avif", "fit", 128)]
    [InlineData("gif", "fit", 128)]
    public async Task A_grey_picture_goes_into_every_format_and_onto_a_coloured_ground(string format, string fit, int red)
    {
        var picture = await pictures.PlainAsync("gray(128)", "-colorspace Gray PNG:", ".png");
        var samples = await ColourAsync(picture, ".png", ("SIZE", "80x40"), ("FIT", fit), ("FORMAT", format), ("BACKGROUND", "#ff0000"));
        Assert.InRange(int.Parse(samples.Split(' ')[0]), red - 8, red);
    }

    [Fact]
    public async Task A_grey_picture_with_transparency_is_laid_over_the_background()
    {
        var picture = await pictures.PlainAsync("rgba(128,128,128,0)", "-colorspace Gray PNG:", ".png");
        var samples = await ColourAsync(picture, ".png", ("SIZE", "64"), ("FORMAT", "jpeg"), ("BACKGROUND", "#ff0000"));
        Assert.Matches("^25[345] [012] [012]$", samples);
    }

    /// <summary>The samples of the thumbnail's first pixel.</summary>
    private async Task<string> ColourAsync(byte[] picture, string extension, params (string Name, string Value)[] environment)
    {
        var hasFormat = environment.Any(static variable => variable.Name == "FORMAT");
        await using var function = await FunctionProcess.StartAsync("thumbnail", hasFormat ? environment : [.. environment, ("FORMAT", "png")]);
        function.Objects["/photos/a" + extension] = new(picture);
        var answer = (await function.InvokeForAsync("photos", "a" + extension)).Expect(succeeded: true);
        var made = function.Objects["/photos/" + answer.Json.GetProperty("thumbnails")[0].GetProperty("key").GetString()].Bytes;
        return await pictures.FirstPixelAsync(made);
    }
}
