using Glue.Functions.Objects;
using Glue.Functions.Thumbnail;
using Glue.Functions.Thumbnail.Pictures;
using Glue.Functions.Thumbnail.Vips;

namespace Glue.Functions.Tests;

/// <summary>Whatever comes in: a thumbnail, or one of our errors.</summary>
public sealed class PictureFuzzTests
{
    private const int Tries = 1_000;

    static PictureFuzzTests() => VipsLibrary.Start();

    [Theory]
    [InlineData(".jpg")]
    [InlineData(".png")]
    [InlineData(".webp")]
    [InlineData(".gif")]
    [InlineData(".tif")]
    [InlineData(".heic")]
    [InlineData(".avif")]
    [InlineData(".pdf")]
    public async Task A_thousand_cut_and_a_thousand_flipped_pictures_end_in_a_thumbnail_or_a_clean_error(string extension)
    {
        var whole = await PictureAsync(extension);
        var random = new Random(extension.Length);
        for (var i = 0; i < Tries; i++)
        {
            Try(whole[..random.Next(1, whole.Length)]);
            var flipped = (byte[])whole.Clone();
            for (var flips = random.Next(1, 4); flips > 0; flips--)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            }

            Try(flipped);
        }
    }

    private static unsafe void Try(byte[] picture)
    {
        if (Signature.Recognise(picture.AsSpan(0, Math.Min(picture.Length, Signature.Bytes))) is not { } format)
        {
            return;
        }

        try
        {
            fixed (byte* bytes = picture)
            {
                new ThumbnailMaker(ThumbnailSettings.Read(static name => name == "SIZE" ? "16" : null), new MemoryBudget(256 << 20))
                    .Make(format, bytes, picture.Length).ForEach(static thumbnail => thumbnail.Dispose());
            }
        }
        catch (ObjectException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static async Task<byte[]> PictureAsync(string extension)
    {
        if (extension == ".pdf")
        {
            return "%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 20 10]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"u8.ToArray();
        }

        using var folder = new TempFolder();
        (await Cli.RunAsync("vips", ["gaussnoise", folder["noise.v"], "48", "32", "--sigma", "40", "--seed", "7"])).Expect();
        (await Cli.RunAsync("vips", ["cast", folder["noise.v"], folder["picture" + extension], "uchar"])).Expect();
        return await File.ReadAllBytesAsync(folder["picture" + extension]);
    }
}
