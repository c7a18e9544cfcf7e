using Glue.Functions.Objects;

namespace Glue.Functions.Transform.Media;

/// <summary>The part of the environment that is about recordings.</summary>
/// <param name="Profiles"><c>MEDIA</c>: one or more, separated by commas.</param>
/// <param name="MostBytes"><c>MAX_BYTES</c> of an original; default 4 GiB. It has to fit into the function's /tmp as well.</param>
/// <param name="MostDuration"><c>MAX_SECONDS</c> of an original; default 4 hours.</param>
internal sealed record MediaSettings(IReadOnlyList<MediaProfile> Profiles, long MostBytes, TimeSpan MostDuration)
{
    /// <returns>Null: <c>MEDIA</c> is not set.</returns>
    public static MediaSettings? Read(Settings settings)
    {
        if (settings.Text("MEDIA") is not { } list)
        {
            return null;
        }

        var profiles = new List<MediaProfile>();
        foreach (var name in list.Split(',', StringSplitOptions.TrimEntries))
        {
            if (MediaProfile.Parse(name) is { } profile)
            {
                profiles.Add(profile);
            }
            else
            {
                settings.Fault($"MEDIA has '{name}': it can be {MediaProfile.Names}, those with a picture also with a height, as mp4-720");
            }
        }

        if (profiles.Distinct().Count() != profiles.Count)
        {
            settings.Fault("MEDIA names a profile twice");
        }

        if (settings.Text("TRANSFORM") is not null)
        {
            settings.Fault("MEDIA and TRANSFORM are both set: one function does one of them; deploy it twice, under two names");
        }

        return new MediaSettings(profiles, settings.Bytes("MAX_BYTES", 4L << 30), TimeSpan.FromSeconds(settings.Number("MAX_SECONDS", 4 * 3600, 1_000_000)));
    }
}
