using System.Globalization;
using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Transform.Media;

/// <summary>A recording in, other forms of it out, by ffmpeg. Original and results lie in the sandbox's /tmp while it runs.</summary>
/// <param name="settings">Profiles and limits.</param>
/// <param name="objects">Takes the results; publishing them is the caller's.</param>
/// <param name="prefix">Of the results' keys.</param>
/// <param name="timeLeft">Until the function is ended.</param>
internal sealed class MediaTransformer(MediaSettings settings, IStagedObjects objects, string prefix, Func<TimeSpan> timeLeft)
{
    private const long LeastFree = 16 * 1024 * 1024; // of /tmp, for everybody else
    private static readonly TimeSpan Beyond = TimeSpan.FromSeconds(2); // MAX_SECONDS: so a recording that is too long shows itself
    private static readonly TimeSpan LeastTime = TimeSpan.FromSeconds(3); // to upload in, or to give the uploads up

    /// <returns>The results' keys.</returns>
    /// <exception cref="Objects.ObjectException">Not a recording, beyond a limit, or out of time.</exception>
    public IReadOnlyList<string> Transform(Stream source, string key)
    {
        if (source.Length > settings.MostBytes)
        {
            throw new MediaLimitException($"the object has {source.Length} bytes, more than MAX_BYTES={settings.MostBytes}");
        }

        using var folder = new WorkFolder();
        if (source.Length > folder.FreeBytes - LeastFree)
        {
            throw new MediaLimitException(
                $"the object has {source.Length} bytes, the function's /tmp has room for {folder.FreeBytes}: give it more with --ephemeral-storage");
        }

        var file = folder["original"];
        using (var copy = File.Create(file))
        {
            source.CopyTo(copy);
        }

        using var examination = new Examination(file, settings, TimeLeft());
        var keys = new List<string>();
        foreach (var profile in settings.Profiles)
        {
            var result = Make(profile, examination, file, folder);
            keys.Add(profile.KeyOf(prefix, key));
            Stage(result, keys[^1]);
            File.Delete(result);
        }

        return keys;
    }

    private string Make(MediaProfile profile, Examination examination, string file, WorkFolder folder)
    {
        var result = folder["result" + profile.Kind.Extension];
        var most = folder.FreeBytes - LeastFree;
        // A tenth in: the first frame is often black. A container that does not know its length gives its first frame.
        var from = profile.Kind.IsStill && examination.Recording.Duration is { } duration ? duration.TotalSeconds / 10 : 0;
        var (exit, progress, errors) = MediaTool.Run(
            "ffmpeg",
            [
                "-nostdin", "-hide_banner", "-v", "error", "-nostats", "-progress", "pipe:1", "-xerror", "-y", .. MediaTool.Input,
                "-ss", from.ToString("0.###", CultureInfo.InvariantCulture), "-i", file,
                "-sn", "-dn", "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
                .. profile.Arguments(), "-t", (settings.MostDuration + Beyond).TotalSeconds.ToString("0", CultureInfo.InvariantCulture),
                "-fs", Math.Max(0, most).ToString(CultureInfo.InvariantCulture), result,
            ],
            TimeLeft(),
            examination.Failed);
        _ = examination.Recording; // what is wrong with the original explains more than how ffmpeg ended
        var made = new FileInfo(result);
        if (exit != 0 || !made.Exists || made.Length == 0)
        {
            throw new NotMediaException($"'{profile.Kind.Name}' could not be made: {MediaTool.Reason(exit, errors).Replace(file, "the object", StringComparison.Ordinal)}");
        }

        var outcome = Outcome.Read(progress, errors);
        if (outcome.Duration > settings.MostDuration)
        {
            throw new MediaLimitException(string.Create(CultureInfo.InvariantCulture, $"the recording lasts longer than MAX_SECONDS={settings.MostDuration.TotalSeconds:0}"));
        }

        // ffmpeg stops at -fs without an error, a little below it.
        if (made.Length >= most - (most / 10))
        {
            throw new MediaLimitException($"'{profile.Kind.Name}' needs more than the {most} bytes that the function's /tmp has left: give it more with --ephemeral-storage");
        }

        return outcome.EndedEarly ? throw new NotMediaException("the recording is cut short: it ends before its own header says so") : result;
    }

    private void Stage(string file, string key)
    {
        using var result = File.OpenRead(file);
        objects.Begin(key, result.Length);
        var buffer = new byte[64 * 1024];
        while (result.Read(buffer) is > 0 and var read)
        {
            objects.Write(buffer.AsSpan(0, read));
        }

        objects.End();
    }

    private TimeSpan TimeLeft()
    {
        var left = timeLeft() - LeastTime;
        return left > TimeSpan.Zero ? left : throw new OutOfTimeException("before ffmpeg ran");
    }

    /// <summary>A folder in /tmp that goes with its end.</summary>
    private sealed class WorkFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("media-");

        public string this[string name] => Path.Combine(_folder.FullName, name);

        public long FreeBytes => new DriveInfo(_folder.FullName).AvailableFreeSpace;

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
