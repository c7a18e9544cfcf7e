using System.Globalization;

namespace Glue.Functions.Transform.Media;

/// <summary>
/// ffprobe's look at the original, beside ffmpeg's work on it. Each of the two spends 70 ms on loading two hundred libraries, which is a
/// sixth of what a short recording takes in all.
/// </summary>
internal sealed class Examination : IDisposable
{
    private readonly CancellationTokenSource _failed = new();
    private readonly Task<Recording> _looking;

    /// <param name="file">The original.</param>
    /// <param name="settings">What it must fit.</param>
    /// <param name="limit">ffprobe is ended then.</param>
    public Examination(string file, MediaSettings settings, TimeSpan limit)
    {
        _looking = Task.Run(() =>
        {
            try
            {
                return Look(file, settings, limit);
            }
            catch
            {
                _failed.Cancel();
                throw;
            }
        });
    }

    /// <summary>The original will not do: what is made of it meanwhile is in vain.</summary>
    public CancellationToken Failed => _failed.Token;

    /// <summary>Waits for ffprobe.</summary>
    /// <exception cref="NotMediaException">No recording, or one without what a profile needs.</exception>
    /// <exception cref="MediaLimitException">It is too long.</exception>
    public Recording Recording => _looking.GetAwaiter().GetResult();

    public void Dispose()
    {
        ((IAsyncResult)_looking).AsyncWaitHandle.WaitOne(); // the file is its own until then
        _failed.Dispose();
    }

    private static Recording Look(string file, MediaSettings settings, TimeSpan limit)
    {
        var (exit, output, errors) = MediaTool.Run(
            "ffprobe", ["-v", "error", .. MediaTool.Input, "-show_entries", "format=duration:stream=codec_type", "-of", "json", file], limit);
        if (exit != 0)
        {
            throw new NotMediaException($"not audio or video that this function reads: {MediaTool.Reason(exit, errors).Replace(file, "the object", StringComparison.Ordinal)}");
        }

        var recording = Recording.Read(output);
        if (recording.Duration > settings.MostDuration)
        {
            throw new MediaLimitException(string.Create(CultureInfo.InvariantCulture,
                $"the recording lasts {recording.Duration.Value.TotalSeconds:0} s, more than MAX_SECONDS={settings.MostDuration.TotalSeconds:0}"));
        }

        foreach (var kind in settings.Profiles.Select(static profile => profile.Kind))
        {
            if (kind.HasPicture ? !recording.HasPicture : !recording.HasSound)
            {
                throw new NotMediaException($"the recording has no {(kind.HasPicture ? "picture" : "sound")}, which '{kind.Name}' needs");
            }
        }

        return recording;
    }
}
