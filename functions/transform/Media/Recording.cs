using System.Text.Json;

namespace Glue.Functions.Transform.Media;

/// <summary>What ffprobe says of a file.</summary>
/// <param name="Duration">Null where the container does not know.</param>
/// <param name="HasPicture">Video, or a cover.</param>
/// <param name="HasSound">Audio.</param>
internal sealed record Recording(TimeSpan? Duration, bool HasPicture, bool HasSound)
{
    /// <param name="json">Of <c>-show_entries format=duration:stream=codec_type -of json</c>.</param>
    public static Recording Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        var types = document.RootElement.TryGetProperty("streams", out var streams)
            ? streams.EnumerateArray().Select(static stream => stream.TryGetProperty("codec_type", out var type) ? type.GetString() : null).ToHashSet(StringComparer.Ordinal)
            : [];
        var seconds = document.RootElement.TryGetProperty("format", out var format) && format.TryGetProperty("duration", out var text)
            && double.TryParse(text.GetString(), System.Globalization.CultureInfo.InvariantCulture, out var number) && number is >= 0 and < 1e9
                ? number
                : (double?)null;
        return new Recording(seconds is { } known ? TimeSpan.FromSeconds(known) : null, types.Contains("video"), types.Contains("audio"));
    }
}
