namespace Glue.Host.FunctionalTests;

/// <summary><c>glue demo</c> as a newcomer runs it. Nothing stays: no process, no folder.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly TempFolder _pictures = new();
    private readonly TempFolder _temporary = new();

    [Fact]
    public async Task Each_given_picture_gets_its_thumbnail_beside_it_and_a_row_that_says_where_the_time_went()
    {
        await File.WriteAllBytesAsync(_pictures["a cat.jpg"], await Picture.JpegAsync());
        await File.WriteAllBytesAsync(_pictures["über+100%.jpeg"], await Picture.JpegAsync());
        var shown = (await DemoAsync("a cat.jpg", "über+100%.jpeg")).Expect();

        Assert.Equal((256, 192, "JPEG"), await Picture.LookAsync(_pictures["a cat.thumbnail.jpg"]));
        Assert.Equal((256, 192, "JPEG"), await Picture.LookAsync(_pictures["über+100%.thumbnail.jpg"]));
        Assert.Matches(@"object.*thumbnail.*start.*put ms.*queue ms.*start ms.*run ms.*total ms", shown);
        Assert.Matches(@"a cat\.jpg.*a cat\.thumbnail\.jpg \([\d,]+ bytes\).*(cold|warm).*\d\.\d.*\d\.\d", shown);
        ExpectNothingLeft();
    }

    [Fact]
    public async Task Without_a_file_it_makes_a_picture_of_its_own()
    {
        (await DemoAsync("--out", _pictures["out/put"])).Expect();
        Assert.Equal((256, 192, "JPEG"), await Picture.LookAsync(_pictures["out/put/sunrise.thumbnail.jpg"]));
        ExpectNothingLeft();
    }

    [Fact]
    public async Task A_broken_picture_is_an_exit_code_of_1_and_its_reason_and_takes_nothing_from_the_good_one()
    {
        await File.WriteAllBytesAsync(_pictures["good.jpg"], await Picture.JpegAsync());
        await File.WriteAllBytesAsync(_pictures["cut.jpg"], await Picture.TruncatedAsync());
        var shown = (await DemoAsync("cut.jpg", "good.jpg", "--out", _pictures["out"])).Expect(exitCode: 1);

        Assert.Contains("cut.jpg: demo/pictures/cut.jpg: the Jpeg picture is cut short or damaged", shown, StringComparison.Ordinal);
        Assert.Equal([_pictures["out/good.thumbnail.jpg"]], Directory.EnumerateFiles(_pictures["out"]));
        ExpectNothingLeft();
    }

    [Fact]
    public async Task Files_whose_thumbnails_would_have_one_name_are_refused_before_anything_starts()
    {
        await File.WriteAllBytesAsync(_pictures["a.jpg"], await Picture.JpegAsync());
        await File.WriteAllBytesAsync(_pictures["a.png"], await Picture.JpegAsync());
        var refused = await DemoAsync("a.jpg", "a.png", "absent.jpg");
        Assert.Equal(
            (2, $"glue: {_pictures["absent.jpg"]} does not exist.\n{_pictures["a.thumbnail.jpg"]} would be written 2 times: demo these files one after the other.\n"),
            (refused.ExitCode, refused.Error));
    }

    [Fact]
    public async Task Ctrl_C_ends_it_at_once_without_a_word()
    {
        await File.WriteAllBytesAsync(_pictures["0.jpg"], await Picture.JpegAsync());
        for (var i = 1; i < 300; i++) // more than can be through before it is told to end
        {
            File.CreateSymbolicLink(_pictures[$"{i}.jpg"], _pictures["0.jpg"]);
        }

        var ended = await Cli.RunAsync(
            "/bin/bash",
            ["-c", """
                env --default-signal=INT dotnet "$0" demo --driver process --out out *.jpg >said &
                until grep -q '^stack is up' said; do sleep 0.05; done
                kill -INT $!
                wait $!
                """, Repository.Artifact("glue/glue.dll")],
            new Dictionary<string, string> { ["TMPDIR"] = _temporary.Path }, _pictures.Path);

        Assert.Equal((130, ""), (ended.ExitCode, ended.Error));
        Assert.Single((await File.ReadAllTextAsync(_pictures["said"])).Trim().Split('\n'));
        ExpectNothingLeft();
    }

    public void Dispose()
    {
        _pictures.Dispose();
        _temporary.Dispose();
    }

    private Task<Cli.Result> DemoAsync(params string[] arguments) => GlueCli.RunAsync(
        _pictures.Path, new Dictionary<string, string> { ["TMPDIR"] = _temporary.Path }, ["demo", "--driver", "process", .. arguments]);

    private void ExpectNothingLeft()
    {
        Assert.Empty(Directory.EnumerateFileSystemEntries(_temporary.Path));
        Assert.Empty(ProcessTree.Mentioning(_temporary.Path));
    }
}
