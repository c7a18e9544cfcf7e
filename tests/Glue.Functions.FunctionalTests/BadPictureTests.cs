using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Glue.Functions.FunctionalTests;

/// <summary>What cannot become a thumbnail gives an error that says which object and why; the next event is served by the same process.</summary>
public sealed class BadPictureTests(Pictures pictures) : IClassFixture<Pictures>
{
    [Theory]
    [InlineData(".jpg", "Jpeg")]
    [InlineData(".png", "Png")]
    [InlineData(".webp", "WebP")]
    [InlineData(".gif", "Gif")]
    [InlineData(".tif", "Tiff")]
    [InlineData(".heic", "Heif")]
    [InlineData(".pdf", "Pdf")]
    public async Task A_picture_that_is_cut_short_is_damaged_not_half_a_thumbnail(string extension, string format)
    {
        var whole = extension == ".pdf" ? "%PDF-1.7\nnothing of a document"u8.ToArray() : await pictures.GradientAsync(extension);
        var result = await FailAsync(whole[..(whole.Length * 2 / 3)]);
        Assert.Equal("DamagedPictureException", result.ErrorType);
        Assert.StartsWith($"photos/bad one.jpg: the {format} picture is cut short or damaged: ", result.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_empty_object_is_said_to_be_empty()
    {
        var result = await FailAsync([]);
        Assert.Equal(("EmptyObjectException", "photos/bad one.jpg: the object is empty (0 bytes)"), (result.ErrorType, result.ErrorMessage));
    }

    [Fact]
    public async Task A_bomb_of_100000_by_100000_pixels_is_refused_by_its_header()
    {
        var result = await FailAsync(Pictures.PngHeader(100_000, 100_000));
        Assert.Equal("PictureTooLargeException", result.ErrorType);
        Assert.Equal("photos/bad one.jpg: the Png picture has 100000 x 100000 = 10000000000 pixels, MAX_PIXELS allows 268402689", result.ErrorMessage);
    }

    [Fact]
    public async Task MAX_PIXELS_of_the_environment_counts()
    {
        var result = await FailAsync(await pictures.GradientAsync(".jpg"), ("MAX_PIXELS", "239999"));
        Assert.EndsWith("the Jpeg picture has 600 x 400 = 240000 pixels, MAX_PIXELS allows 239999", result.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_picture_that_decodes_only_as_a_whole_is_refused_where_it_would_not_fit_with_the_memory_it_needs()
    {
        var result = await FailAsync(await pictures.PhotoAsync(4000, 3000, ".jpg[interlace]"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"));
        Assert.Equal("PictureTooLargeException", result.ErrorType);
        Assert.Matches("need about [0-9]+ MiB to decode, there are 56: give the function [0-9]+ MiB of memory", result.ErrorMessage);
    }

    [Theory]
    [InlineData("frame.gif")]
    [InlineData("black-12-bit.avif")]
    [InlineData("black.avif")]
    [InlineData("black.heic")]
    public async Task The_memory_that_a_refusal_asks_for_is_enough(string name)
    {
        var picture = await pictures.LargeAsync(name);
        var refused = await FailAsync(picture, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"));
        Assert.Equal("PictureTooLargeException", refused.ErrorType);
        var memory = Regex.Match(refused.ErrorMessage, "give the function ([0-9]+) MiB of memory").Groups[1].Value;
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory));
        function.Objects["/photos/large"] = new(picture);
        (await function.InvokeForAsync("photos", "large")).Expect(succeeded: true);
        Assert.InRange(function.PeakMemoryBytes, 0, long.Parse(memory, CultureInfo.InvariantCulture) << 20);
    }

    [Fact]
    public async Task An_object_that_the_functions_memory_cannot_hold_is_not_fetched()
    {
        var large = await pictures.GradientAsync(".jpg");
        Array.Resize(ref large, 30_000_000);
        var result = await FailAsync(large, ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128"));
        Assert.Equal("photos/bad one.jpg: the object has 30000000 bytes, with this function's memory at most 29360128 are fetched: give it more memory", result.ErrorMessage);
    }

    [Theory]
    [InlineData("BM6\0\0\0\0\0", "a BMP picture (first bytes 42 4D 36 00 00 00 00 00)")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing (first bytes 3C 73 76 67 20 78 6D 6C)")]
    [InlineData("just words", "text (first bytes 6A 75 73 74 20 77 6F 72)")]
    [InlineData("\0\0\0\u0018ftypmp42", "an MP4 or QuickTime video (first bytes 00 00 00 18 66 74 79 70)")]
    [InlineData("\u0001", "its first bytes are 01")]
    public async Task What_is_not_a_picture_is_named_by_what_it_looks_like(string content, string looksLike)
    {
        var result = await FailAsync(Encoding.UTF8.GetBytes(content));
        Assert.Equal("NotAPictureException", result.ErrorType);
        Assert.Equal($"photos/bad one.jpg: not a picture that this function reads: {looksLike}. It reads JPEG, PNG, WebP, GIF, TIFF, HEIF (HEIC, AVIF) and PDF", result.ErrorMessage);
    }

    [Fact]
    public async Task What_the_store_refuses_is_passed_on_with_its_code_and_reason()
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail");
        function.StoreInstead = async context =>
        {
            context.Response.StatusCode = 403;
            await Microsoft.AspNetCore.Http.HttpResponseWritingExtensions.WriteAsync(context.Response, "<Error><Code>AccessDenied</Code><Message>Not &lt;yours&gt;.</Message></Error>");
            return true;
        };
        var result = (await function.InvokeForAsync("photos", "a.jpg")).Expect(succeeded: false);
        Assert.Equal(("StorageException", "GET photos/a.jpg: AccessDenied (403): Not <yours>."), (result.ErrorType, result.ErrorMessage));
    }

    [Fact]
    public async Task Wrong_settings_are_all_named_in_the_init_error_and_the_process_ends_with_1()
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("SIZE", "big"), ("FORMAT", "bmp"), ("QUALITY", "101"), ("OUTPUT_PREFIX", ""));
        var error = await function.InitError.Task.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal("SettingsException", error.ErrorType);
        Assert.Equal(
            "SIZE is 'big': write pixels as 256 or 320x240, 1 to 10000 a side; FORMAT is 'bmp': it can be jpeg, jpg, png, webp, avif or gif; "
            + "QUALITY is '101': it is a whole number from 1 to 100; "
            + "OUTPUT_PREFIX is empty and OUTPUT_BUCKET is not set: thumbnails would overwrite their originals; set one of them",
            error.ErrorMessage);
        await function.Exited.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(1, function.ExitCode);
    }

    private async Task<InvocationResult> FailAsync(byte[] content, params (string, string)[] environment)
    {
        await using var function = await FunctionProcess.StartAsync("thumbnail", environment);
        function.Objects["/photos/bad one.jpg"] = new(content);
        var result = (await function.InvokeForAsync("photos", "bad one.jpg")).Expect(succeeded: false);
        Assert.DoesNotContain(function.Objects.Keys, key => key.Contains("thumbnails", StringComparison.Ordinal));
        function.Objects["/photos/good.gif"] = new(await pictures.WithAlphaAsync(255));
        if (environment.Length == 0)
        {
            (await function.InvokeForAsync("photos", "good.gif")).Expect(succeeded: true);
        }

        return result;
    }
}
