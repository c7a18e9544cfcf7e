using System.Text;

namespace Glue.Functions.FunctionalTests;

/// <summary>The published thumbnail function on real pictures.</summary>
public sealed class ThumbnailTests(Pictures pictures) : IClassFixture<Pictures>
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(8)]
    public async Task An_EXIF_orientation_is_applied_and_the_pixels_are_those_of_vipsthumbnail(int orientation)
    {
        var picture = await pictures.OrientedAsync(orientation);
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("FORMAT", "png"));
        var thumbnail = await ThumbnailOfAsync(function, picture, "in/photo.jpg", "thumbnails/in/photo.jpg.png");
        Assert.Equal(await pictures.ReferencePixelsAsync(picture, ".jpg"), await pictures.PixelsAsync(thumbnail.Bytes));
        var header = await pictures.HeaderAsync(thumbnail.Bytes);
        Assert.Contains(orientation < 5 ? "width: 256\nheight: 171" : "width: 171\nheight: 256", header, StringComparison.Ordinal);
        Assert.DoesNotContain("orientation", header, StringComparison.OrdinalIgnoreCase);
    }

    [Theory]
    [InlineData(".jpg", "thumbnails/in.jpg")]
    [InlineData(".png", "thumbnails/in.png.jpg")]
    [InlineData(".webp", "thumbnails/in.webp.jpg")]
    [InlineData(".gif", "thumbnails/in.gif.jpg")]
    [InlineData(".tif", "thumbnails/in.tif.jpg")]
    [InlineData(".heic", "thumbnails/in.heic.jpg")]
    [InlineData(".avif", "thumbnails/in.avif.jpg")]
    public async Task Every_format_becomes_a_JPEG_of_256_pixels_without_metadata(string extension, string outputKey)
    {
        var picture = await pictures.GradientAsync(extension);
        await using var function = await FunctionProcess.StartAsync("thumbnail");
        var thumbnail = await ThumbnailOfAsync(function, picture, "in" + extension, outputKey);
        var header = await pictures.HeaderAsync(thumbnail.Bytes);
        Assert.Equal("image/jpeg", thumbnail.ContentType);
        Assert.Contains("width: 256\nheight: 171", header, StringComparison.Ordinal);
        Assert.Contains("vips-loader: jpegload", header, StringComparison.Ordinal);
        Assert.DoesNotContain("exif-data", header, StringComparison.Ordinal);
        Assert.DoesNotContain("icc-profile-data", header, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_picture_gives_the_same_bytes_in_every_process()
    {
        var picture = await pictures.PhotoAsync(1200, 800, ".jpg");
        await using var one = await FunctionProcess.StartAsync("thumbnail");
        await using var other = await FunctionProcess.StartAsync("thumbnail");
        var first = await ThumbnailOfAsync(one, picture, "a.jpg", "thumbnails/a.jpg");
        Assert.Equal(first.Bytes, (await ThumbnailOfAsync(one, picture, "b.jpg", "thumbnails/b.jpg")).Bytes);
        Assert.Equal(first.Bytes, (await ThumbnailOfAsync(other, picture, "a.jpg", "thumbnails/a.jpg")).Bytes);
    }

    [Theory]
    [InlineData(0, null, "thumbnails/a.png", "image/png")] // transparent: stays PNG
    [InlineData(255, null, "thumbnails/a.png.jpg", "image/jpeg")] // an alpha channel that hides nothing
    [InlineData(0, "jpeg", "thumbnails/a.png.jpg", "image/jpeg")]
    [InlineData(0, "webp", "thumbnails/a.png.webp", "image/webp")]
    public async Task Transparency_decides_the_format_unless_one_is_asked_for(int alpha, string? format, string outputKey, string contentType)
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("FORMAT", format ?? ""));
        var thumbnail = await ThumbnailOfAsync(function, await pictures.WithAlphaAsync(alpha), "a.png", outputKey);
        Assert.Equal(contentType, thumbnail.ContentType);
        if (format == "jpeg")
        {
            Assert.Equal((byte)255, (await pictures.PixelsAsync(thumbnail.Bytes))[^1]); // laid over white
        }
    }

    [Fact]
    public async Task Size_bucket_prefix_and_quality_come_from_the_environment()
    {
        await using var function = await FunctionProcess.StartAsync(
            "thumbnail", ("SIZE", "300x100"), ("OUTPUT_BUCKET", "small"), ("OUTPUT_PREFIX", "t/"), ("QUALITY", "10"));
        function.Objects["/photos/a.jpg"] = new(await pictures.GradientAsync(".jpg"));
        var answer = (await function.InvokeForAsync("photos", "a.jpg")).Expect(succeeded: true).Json.GetProperty("thumbnails")[0];
        Assert.Equal("small", answer.GetProperty("bucket").GetString());
        Assert.Equal("t/a.jpg", answer.GetProperty("key").GetString());
        Assert.Equal((150, 100), (answer.GetProperty("width").GetInt32(), answer.GetProperty("height").GetInt32()));
        Assert.Equal(answer.GetProperty("bytes").GetInt32(), function.Objects["/small/t/a.jpg"].Bytes.Length);
    }

    [Fact]
    public async Task A_picture_smaller_than_the_thumbnail_is_not_enlarged()
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("SIZE", "2000"));
        var thumbnail = await ThumbnailOfAsync(function, await pictures.GradientAsync(".png"), "a.png", "thumbnails/a.png.jpg");
        Assert.Contains("width: 600\nheight: 400", await pictures.HeaderAsync(thumbnail.Bytes), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a b+c%20&=?#.jpg")]
    [InlineData("ordner/Zürich 🐱.jpg")]
    [InlineData("a//b/./c.JPEG")]
    public async Task Keys_of_any_characters_are_read_and_written(string key)
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail");
        var seen = new List<string>();
        var picture = await pictures.GradientAsync(".jpg");
        function.StoreInstead = async context =>
        {
            // By the raw target: Kestrel tidies its Path up.
            seen.Add(Uri.UnescapeDataString(context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget));
            if (context.Request.Method == "GET")
            {
                context.Response.ContentLength = picture.Length;
                await context.Response.Body.WriteAsync(picture);
            }

            return true;
        };
        (await function.InvokeForAsync("photos", key)).Expect(succeeded: true);
        Assert.Equal(["/photos/" + key, "/photos/thumbnails/" + key], seen);
    }

    [Fact]
    public async Task A_twelve_megapixel_JPEG_fits_into_the_smallest_function()
    {
        var picture = await pictures.PhotoAsync(4000, 3000, ".jpg");
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"));
        for (var i = 0; i < 5; i++)
        {
            await ThumbnailOfAsync(function, picture, $"{i}.jpg", $"thumbnails/{i}.jpg");
        }

        Assert.InRange(function.PeakMemoryBytes, 0, 128L * 1024 * 1024);
    }

    [Fact]
    public async Task Objects_that_are_no_business_of_it_are_left_alone_with_a_line_in_the_log()
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail");
        function.Objects["/photos/thumbnails/a.jpg"] = new(await pictures.GradientAsync(".jpg"));
        foreach (var (key, name, line) in new[]
        {
            ("thumbnails/a.jpg", "ObjectCreated:Put", "is under OUTPUT_PREFIX and so a thumbnail already"),
            ("gone.jpg", "ObjectCreated:Put", "photos/gone.jpg: deleted before it could be made into a thumbnail"),
            ("a.jpg", "ObjectRemoved:Delete", "nothing to do for ObjectRemoved:Delete"),
        })
        {
            var answer = (await function.InvokeForAsync("photos", key, name)).Expect(succeeded: true);
            Assert.Equal("{\"thumbnails\":[]}", Encoding.UTF8.GetString(answer.Payload));
            await Eventually.TrueAsync(() => function.Log.Contains(line, StringComparison.Ordinal), () => function.Log);
        }
    }

    [Fact]
    public async Task A_version_that_was_deleted_meanwhile_is_left_alone_like_an_object_that_was()
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail");
        function.StoreInstead = async context =>
        {
            context.Response.StatusCode = 404;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<Error><Code>NoSuchVersion</Code><Message>Gone.</Message></Error>");
            return true;
        };
        var answer = (await function.InvokeForAsync("photos", "a.jpg")).Expect(succeeded: true);
        Assert.Equal("{\"thumbnails\":[]}", Encoding.UTF8.GetString(answer.Payload));
        await Eventually.TrueAsync(() => function.Log.Contains("photos/a.jpg: deleted before", StringComparison.Ordinal), () => function.Log);
    }

    private static async Task<StoredObject> ThumbnailOfAsync(FunctionProcess function, byte[] picture, string key, string outputKey)
    {
        function.Objects["/photos/" + key] = new(picture);
        (await function.InvokeForAsync("photos", key)).Expect(succeeded: true);
        return function.Objects["/photos/" + outputKey];
    }
}
