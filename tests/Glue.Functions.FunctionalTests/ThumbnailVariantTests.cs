namespace Glue.Functions.FunctionalTests;

/// <summary>Sizes, fits, formats, frames and pages of the published thumbnail function.</summary>
public sealed class ThumbnailVariantTests(Pictures pictures) : IClassFixture<Pictures>
{
    [Fact]
    public async Task Several_sizes_are_made_in_one_pass_each_in_its_folder()
    {
        await using var function = await StartAsync(("SIZES", "128,300x300,50x400"));
        var answer = await MakeAsync(function, await pictures.GradientAsync(".jpg"), "in/a.jpg");
        Assert.Equal(["thumbnails/128/in/a.jpg", "thumbnails/300x300/in/a.jpg", "thumbnails/50x400/in/a.jpg"], function.Objects.Keys.Select(static key => key["/photos/".Length..]).Where(static key => key.StartsWith("thumb", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(["300 x 200", "50 x 33", "128 x 85"], answer.Select(static made => $"{made.Width} x {made.Height}"));
        Assert.Equal(1, function.Store.Reads);
    }

    [Fact]
    public async Task A_small_size_made_beside_a_large_one_looks_like_one_made_alone()
    {
        var picture = await pictures.PhotoAsync(1200, 800, ".jpg");
        await using var both = await StartAsync(("SIZES", "800,200"), ("FORMAT", "png"));
        await using var alone = await StartAsync(("SIZES", "200"), ("FORMAT", "png"));
        await MakeAsync(both, picture, "a.jpg");
        await MakeAsync(alone, picture, "a.jpg");
        var one = await pictures.PixelsAsync(both.Objects["/photos/thumbnails/200/a.jpg.png"].Bytes);
        var other = await pictures.PixelsAsync(alone.Objects["/photos/thumbnails/200/a.jpg.png"].Bytes);
        Assert.InRange(one.Zip(other, static (a, b) => Math.Abs(a - b)).Average(), 0, 2.5);
    }

    [Theory]
    [InlineData("cover", "200x200", 200, 200)]
    [InlineData("cover", "100x300", 100, 300)]
    [InlineData("contain", "200x200", 200, 200)]
    [InlineData("contain", "1000x800", 1000, 800)]
    [InlineData("fit", "200x200", 200, 133)]
    public async Task FIT_decides_how_picture_and_box_meet(string fit, string size, int width, int height)
    {
        foreach (var name in new[] { "SIZE", "SIZES" })
        {
            await using var function = await StartAsync((name, name == "SIZES" ? size + ",30" : size), ("FIT", fit), ("BACKGROUND", "#ff0000"), ("FORMAT", "png"));
            var made = (await MakeAsync(function, await pictures.GradientAsync(".png"), "a.png"))[0];
            Assert.Equal((width, height), (made.Width, made.Height));
            var pixels = await pictures.PixelsAsync(function.Objects["/photos/" + made.Key].Bytes);
            Assert.Equal(fit == "contain", pixels is [255, 0, 0, ..]);
        }
    }

    [Fact]
    public async Task Smart_crop_keeps_what_draws_the_eye_and_centre_the_middle()
    {
        // Grey, with one bright square at the right end.
        var picture = await pictures.SpotAsync();
        byte Brightest(byte[] pixels) => pixels.Max();
        foreach (var (crop, sees) in new[] { ("smart", true), ("centre", false) })
        {
            await using var function = await StartAsync(("SIZE", "100x100"), ("FIT", "cover"), ("CROP", crop), ("FORMAT", "png"));
            await MakeAsync(function, picture, "a.png");
            var pixels = await pictures.PixelsAsync(function.Objects["/photos/thumbnails/a.png"].Bytes);
            Assert.Equal(sees, Brightest(pixels) > 200);
        }
    }

    [Fact]
    public async Task AVIF_is_written_the_same_each_time()
    {
        await using var function = await StartAsync(("FORMAT", "avif"), ("SIZE", "120"));
        await MakeAsync(function, await pictures.PhotoAsync(600, 400, ".jpg"), "a.jpg");
        var first = function.Objects["/photos/thumbnails/a.jpg.avif"];
        Assert.Equal("image/avif", first.ContentType);
        Assert.Contains("width: 120\nheight: 80", await pictures.HeaderAsync(first.Bytes), StringComparison.Ordinal);
        await MakeAsync(function, await pictures.PhotoAsync(600, 400, ".jpg"), "a.jpg");
        Assert.Equal(first.Bytes, function.Objects["/photos/thumbnails/a.jpg.avif"].Bytes);
    }

    [Fact]
    public async Task Metadata_stays_when_it_is_to_be_kept_and_the_picture_is_upright_all_the_same()
    {
        await using var function = await StartAsync(("METADATA", "keep"));
        await MakeAsync(function, await pictures.OrientedAsync(6), "a.jpg");
        var header = await pictures.HeaderAsync(function.Objects["/photos/thumbnails/a.jpg"].Bytes);
        Assert.Contains("exif-data", header, StringComparison.Ordinal);
        Assert.Contains("width: 171\nheight: 256", header, StringComparison.Ordinal);
        Assert.DoesNotContain("orientation: 6", header, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(".gif", "thumbnails/a.gif", "image/gif")]
    [InlineData(".webp", "thumbnails/a.webp", "image/webp")]
    public async Task All_frames_of_an_animation_are_kept_when_asked_for(string extension, string key, string contentType)
    {
        var animation = await pictures.AnimationAsync(extension);
        await using var all = await StartAsync(("ANIMATION", "all"), ("SIZE", "60"));
        var made = Assert.Single(await MakeAsync(all, animation, "a" + extension));
        Assert.Equal((key, 60, 40), (made.Key, made.Width, made.Height));
        Assert.Equal(contentType, all.Objects["/photos/" + key].ContentType);
        Assert.Contains("n-pages: 3", await pictures.HeaderAsync(all.Objects["/photos/" + key].Bytes), StringComparison.Ordinal);

        await using var first = await StartAsync(("SIZE", "60"), ("FORMAT", "webp"));
        made = Assert.Single(await MakeAsync(first, animation, "a" + extension));
        Assert.DoesNotContain("n-pages: 3", await pictures.HeaderAsync(first.Objects["/photos/" + made.Key].Bytes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_page_of_a_PDF_is_drawn_at_the_size_asked_for()
    {
        await using var function = await StartAsync(("SIZE", "1000"));
        var made = Assert.Single(await MakeAsync(function, Pictures.Pdf(), "a.pdf"));
        Assert.Equal(("thumbnails/a.pdf.jpg", 1000, 500), (made.Key, made.Width, made.Height));
        var pixels = await pictures.PixelsAsync(function.Objects["/photos/thumbnails/a.pdf.jpg"].Bytes);
        Assert.InRange(pixels[0], 240, 255); // paper
        Assert.InRange(pixels[3 * ((250 * 1000) + 500)], 0, 40); // the black square in its middle
    }

    private static Task<FunctionProcess> StartAsync(params (string, string)[] environment) => FunctionProcess.StartAsync("thumbnail", environment);

    private static async Task<List<Made>> MakeAsync(FunctionProcess function, byte[] picture, string key)
    {
        function.Objects["/photos/" + key] = new(picture);
        var answer = (await function.InvokeForAsync("photos", key)).Expect(succeeded: true).Json.GetProperty("thumbnails");
        return [.. answer.EnumerateArray().Select(static made => new Made(
            made.GetProperty("key").GetString()!, made.GetProperty("width").GetInt32(), made.GetProperty("height").GetInt32()))];
    }

    private sealed record Made(string Key, int Width, int Height);
}
