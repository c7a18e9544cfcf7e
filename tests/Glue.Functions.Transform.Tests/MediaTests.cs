using System.Globalization;
using Glue.Functions.Objects;
using Glue.Functions.Transform.Media;

namespace Glue.Functions.Transform.Tests;

/// <summary>Recordings that ffmpeg makes, and what ffprobe says of the results.</summary>
public sealed class MediaTests(MediaTests.Recordings recordings) : IClassFixture<MediaTests.Recordings>
{
    [Theory]
    [InlineData("mp4", "in/clip.mov.mp4", "h264,320,240;aac")]
    [InlineData("mp4-120", "in/clip.mov.120p.mp4", "h264,160,120;aac")]
    [InlineData("webm-90", "in/clip.mov.90p.webm", "vp9,120,90;opus")]
    [InlineData("mp3", "in/clip.mov.mp3", "mp3")]
    [InlineData("m4a", "in/clip.mov.m4a", "aac")]
    [InlineData("opus", "in/clip.mov.opus", "opus")]
    [InlineData("flac", "in/clip.mov.flac", "flac")]
    [InlineData("wav", "in/clip.mov.wav", "pcm_s16le")]
    [InlineData("poster-4000", "in/clip.mov.4000p.jpg", "mjpeg,320,240")]
    public async Task Every_profile_makes_what_it_is_called(string profile, string key, string streams)
    {
        var (made, bytes) = Assert.Single(Convert(profile, recordings.Clip, "in/clip.mov"));
        Assert.Equal((key, streams), (made, await Recordings.StreamsAsync(bytes)));
    }

    [Fact]
    public void The_same_recording_gives_the_same_bytes()
    {
        const string All = "mp4-120,webm-90,mp3,m4a,opus,flac,wav,poster";
        var (first, second) = (Convert(All, recordings.Clip), Convert(All, recordings.Clip));
        Assert.Equal(8, first.Count);
        Assert.All(first, made => Assert.Equal(made.Value, second[made.Key]));
    }

    [Fact]
    public void A_poster_is_the_frame_a_tenth_in()
    {
        // The clip is black in its first half second, of five: a tenth in the picture begins.
        var poster = Assert.Single(Convert("poster", recordings.Clip)).Value;
        Assert.True(poster.Length > 3_000, $"{poster.Length} bytes are a black picture");
    }

    [Theory]
    [InlineData("just some words")]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    public void What_is_no_recording_or_names_other_files_is_refused(string content)
    {
        var e = Assert.Throws<NotMediaException>(() => Convert("mp3", System.Text.Encoding.UTF8.GetBytes(content)));
        Assert.StartsWith("not audio or video that this function reads: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_profile_that_needs_what_the_recording_has_not_says_so() =>
        Assert.Equal(
            "the recording has no picture, which 'poster' needs. Nothing was kept",
            Assert.Throws<NotMediaException>(() => Convert("mp3,poster", Convert("wav", recordings.Clip).Values.Single())).Message);

    [Theory]
    [InlineData("-c copy", "mkv")]
    [InlineData("-c copy -movflags +faststart", "mp4")]
    [InlineData("-c copy", "ts")]
    [InlineData("-vn", "flac")]
    public async Task A_recording_that_is_cut_in_half_fails_and_no_torso_of_it_is_kept(string arguments, string extension)
    {
        var whole = await Recordings.AsAsync(recordings.Clip, arguments, extension);
        Assert.Single(Convert("mp3", whole));
        Assert.Throws<NotMediaException>(() => Convert("mp3", whole[..(whole.Length / 2)]));
    }

    [Fact]
    public async Task A_recording_that_does_not_say_how_long_it_lasts_is_refused_all_the_same_when_it_is_too_long()
    {
        var live = await Recordings.AsAsync(recordings.Clip, "-c:v libvpx -c:a libvorbis -f webm -live 1", "webm");
        Assert.Single(Convert("mp3", live, limits: ("MAX_SECONDS", "6")));
        var e = Assert.Throws<MediaLimitException>(() => Convert("mp3", live, limits: ("MAX_SECONDS", "2")));
        Assert.Equal("the recording lasts longer than MAX_SECONDS=2. Nothing was kept", e.Message);
    }

    [Fact]
    public void Who_ends_ffmpeg_is_said()
    {
        Assert.Equal("it was ended by signal 9, most likely because the function's memory was not enough; give it more", MediaTool.Reason(137, ""));
        Assert.Equal("no such codec", MediaTool.Reason(1, "a\nno such codec\n\n"));
    }

    [Fact]
    public void A_recording_that_is_too_large_or_too_long_is_not_begun()
    {
        Assert.StartsWith("the recording lasts 5 s, more than MAX_SECONDS=2", Assert.Throws<MediaLimitException>(() => Convert("mp3", recordings.Clip, limits: ("MAX_SECONDS", "2"))).Message, StringComparison.Ordinal);
        Assert.Contains("more than MAX_BYTES=1024", Assert.Throws<MediaLimitException>(() => Convert("mp3", recordings.Clip, limits: ("MAX_BYTES", "1K"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void When_the_function_has_no_time_left_ffmpeg_is_ended()
    {
        // 3 s are kept for the upload: what ffmpeg gets of this is a tenth of a second, far too little for any of it.
        var e = Assert.Throws<OutOfTimeException>(() => Convert("webm", recordings.Clip, time: TimeSpan.FromSeconds(3.1)));
        Assert.StartsWith("the function's time ran out while ff", e.Message, StringComparison.Ordinal);
        Assert.Throws<OutOfTimeException>(() => Convert("webm", recordings.Clip, time: TimeSpan.FromSeconds(1)));
    }

    /// <remarks>Each try starts two programs, so fifty of both; <c>GLUE_FUZZ_RECORDINGS=1000 ./glue test Transform</c> does a thousand in some minutes.</remarks>
    [Fact]
    public void Cut_and_flipped_recordings_end_in_a_result_or_a_clean_error()
    {
        var tries = int.TryParse(Environment.GetEnvironmentVariable("GLUE_FUZZ_RECORDINGS"), out var set) ? set : 50;
        Parallel.For(0, tries, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, seed =>
        {
            var random = new Random(seed);
            var flipped = (byte[])recordings.Clip.Clone();
            for (var flips = 0; flips < 20; flips++)
            {
                flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
            }

            Try(flipped);
            Try(recordings.Clip[..random.Next(1, recordings.Clip.Length)]);
        });
    }

    [Theory]
    [InlineData("mp5", "MEDIA has 'mp5': it can be mp4, webm, mp3, m4a, opus, flac, wav, poster, those with a picture also with a height, as mp4-720")]
    [InlineData("mp3-720", "MEDIA has 'mp3-720'")]
    [InlineData("mp4,mp4", "MEDIA names a profile twice")]
    public void A_wrong_profile_is_refused_at_the_start(string media, string message) =>
        Assert.StartsWith(message, Assert.Throws<SettingsException>(() => Settings(media)).Message, StringComparison.Ordinal);

    [Fact]
    public void Records_and_recordings_do_not_go_together() =>
        Assert.StartsWith("MEDIA and TRANSFORM are both set", Assert.Throws<SettingsException>(() => Settings("mp3", ("TRANSFORM", "{}"))).Message, StringComparison.Ordinal);

    private static void Try(byte[] recording)
    {
        try
        {
            Convert("poster-90", recording);
        }
        catch (ObjectException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static MediaSettings Settings(string media, params (string Name, string Value)[] more)
    {
        (string Name, string Value)[] all = [("MEDIA", media), .. more];
        return TransformSettings.Read(name => Array.Find(all, variable => variable.Name == name).Value).Media!;
    }

    private static Dictionary<string, byte[]> Convert(
        string media, byte[] recording, string key = "clip", TimeSpan? time = null, params (string Name, string Value)[] limits)
    {
        using var objects = new MemoryObjects();
        new MediaTransformer(Settings(media, limits), objects, "", () => time ?? TimeSpan.FromMinutes(2)).Transform(new MemoryStream(recording), key);
        return objects.Written.ToDictionary(static written => written.Key, static written => written.Value.ToArray(), StringComparer.Ordinal);
    }

    /// <summary>Five seconds, 320 × 240, with a tone; made once.</summary>
    public sealed class Recordings : IAsyncLifetime
    {
        public byte[] Clip { get; private set; } = [];

        /// <summary>Codec, width and height of each stream.</summary>
        public static async Task<string> StreamsAsync(byte[] recording)
        {
            using var folder = new TempFolder();
            await File.WriteAllBytesAsync(folder["r"], recording);
            var csv = (await Cli.RunAsync("/usr/bin/ffprobe", ["-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", folder["r"]])).Expect();
            return string.Join(';', csv.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => line.Trim(',')));
        }

        /// <summary>The recording in another container.</summary>
        public static async Task<byte[]> AsAsync(byte[] recording, string arguments, string extension)
        {
            using var folder = new TempFolder();
            await File.WriteAllBytesAsync(folder["from"], recording);
            (await Cli.RunAsync("/usr/bin/ffmpeg", ["-v", "error", "-i", folder["from"], .. arguments.Split(' '), folder["to." + extension]])).Expect();
            return await File.ReadAllBytesAsync(folder["to." + extension]);
        }

        public async Task InitializeAsync()
        {
            using var folder = new TempFolder();
            var (size, seconds) = ("320x240", 5.ToString(CultureInfo.InvariantCulture));
            (await Cli.RunAsync("/usr/bin/ffmpeg",
            [
                "-v", "error", "-f", "lavfi", "-i", $"testsrc=duration={seconds}:size={size}:rate=10,fade=in:d=0.4", "-f", "lavfi", "-i", $"sine=frequency=440:duration={seconds}",
                "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac", "-metadata", "title=private", folder["clip.mov"],
            ])).Expect();
            Clip = await File.ReadAllBytesAsync(folder["clip.mov"]);
        }

        public Task DisposeAsync() => Task.CompletedTask;
    }
}
