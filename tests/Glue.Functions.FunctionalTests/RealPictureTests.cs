namespace Glue.Functions.FunctionalTests;

/// <summary>Pictures that the distribution ships, beside what its own vipsthumbnail makes of them.</summary>
public sealed class RealPictureTests(Pictures pictures) : IClassFixture<Pictures>
{
    [Theory]
    [InlineData("/usr/share/backgrounds/gnome/adwaita-l.webp")] // package gnome-backgrounds
    [InlineData("/usr/share/backgrounds/gnome/wood-d.webp")]
    [InlineData("/usr/share/backgrounds/gnome/vnc-l.webp")]
    [InlineData("/usr/share/icons/Adwaita/512x512/**.png")] // package adwaita-icon-theme
    [InlineData("/usr/share/icons/Adwaita/16x16/**.png")]
    public async Task A_picture_of_the_distribution_gets_the_pixels_of_vipsthumbnail(string pattern)
    {
        var file = Find(pattern);
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("FORMAT", "png"));
        function.Objects["/in/picture"] = new(await File.ReadAllBytesAsync(file));
        (await function.InvokeForAsync("in", "picture")).Expect(succeeded: true);
        var expected = await pictures.ReferencePixelsAsync(function.Objects["/in/picture"].Bytes, Path.GetExtension(file));
        var made = await pictures.PixelsAsync(function.Objects["/in/thumbnails/picture"].Bytes);
        Assert.Equal(expected.Length, made.Length);
        Assert.InRange(expected.Zip(made, static (a, b) => Math.Abs(a - b)).Average(), 0, 1.0);
    }

    [Fact]
    public async Task A_second_run_changes_nothing_and_a_run_that_fails_leaves_no_size_behind()
    {
        var wallpaper = await File.ReadAllBytesAsync(Find("/usr/share/backgrounds/gnome/wood-l.webp"));
        await using var function = await FunctionProcess.StartAsync("thumbnail", ("SIZES", "640,64x64"));
        function.Objects["/in/cut"] = new(wallpaper[..(wallpaper.Length / 2)]);
        Assert.Equal("DamagedPictureException", (await function.InvokeForAsync("in", "cut")).Expect(succeeded: false).ErrorType);
        Assert.Equal(["/in/cut"], function.Objects.Keys);

        function.Objects["/in/whole"] = new(wallpaper);
        (await function.InvokeForAsync("in", "whole")).Expect(succeeded: true);
        var first = function.Objects.ToDictionary(static stored => stored.Key, static stored => stored.Value.Bytes);
        (await function.InvokeForAsync("in", "whole")).Expect(succeeded: true);
        Assert.Equal(4, first.Count);
        Assert.All(first, stored => Assert.Equal(stored.Value, function.Objects[stored.Key].Bytes));
    }

    private static string Find(string pattern) => pattern.Contains("**", StringComparison.Ordinal)
        ? Directory.GetFiles(pattern[..pattern.IndexOf("**", StringComparison.Ordinal)], "*.png", SearchOption.AllDirectories).Order(StringComparer.Ordinal).First()
        : pattern;
}
