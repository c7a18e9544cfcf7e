namespace Glue.Host.FunctionalTests;

/// <summary>Whoever does what the pages of the built-in functions say, from nothing, has what they promise.</summary>
public sealed class PageTests
{
    [Fact]
    public async Task Thumbnails_page_gives_a_thumbnail_and_then_three_of_another_shape_and_format()
    {
        var said = await FollowedPages.FollowAsync("thumbnail.md", "convert -size 640x480 plasma:fractal cat.jpg");
        Assert.Contains(" thumbnails/in/cat.jpg\n", said, StringComparison.Ordinal);
        Assert.All(["128", "512x512", "1024"], size => Assert.Contains($" thumbnails/{size}/in/cat.jpg.webp\n", said, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Decompress_page_gives_the_members_and_then_those_that_are_wanted()
    {
        var said = await FollowedPages.FollowAsync(
            "decompress.md", "mkdir -p docs/a; seq 9 > numbers.csv; echo one > one.txt; echo two > docs/a/two.txt; zip -q photos.zip numbers.csv one.txt docs/a/two.txt");
        Assert.All(["numbers.csv", "one.txt", "docs/a/two.txt"], name => Assert.Contains($" unpacked/in/photos.zip/{name}\n", said, StringComparison.Ordinal));
        var wanted = said.Split('\n').Where(static line => line.Contains(" unpacked/in/again.zip/", StringComparison.Ordinal)).Select(static line => line.Split('/')[^1]);
        Assert.Equal(["two.txt", "numbers.csv"], wanted);
    }

    [Fact]
    public async Task Transform_page_gives_the_record_it_shows_and_the_forms_of_a_recording()
    {
        var said = await FollowedPages.FollowAsync(
            "transform.md",
            "ffmpeg -v error -f lavfi -i testsrc=duration=2:size=320x240:rate=10 -f lavfi -i sine=duration=2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac trip.mov");
        Assert.Contains("""{"id":2,"day":"2026-02-01","name":"desk","total":214.2}""" + "\n", said, StringComparison.Ordinal);
        Assert.All(["720p.mp4", "mp3", "360p.jpg"], form => Assert.Contains($" transformed/in/trip.mov.{form}\n", said, StringComparison.Ordinal));
    }
}
