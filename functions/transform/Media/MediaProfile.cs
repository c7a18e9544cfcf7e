using System.Globalization;

namespace Glue.Functions.Transform.Media;

/// <summary>One result of a recording: <c>mp4</c>, <c>mp4-720</c>, <c>mp3</c>, <c>poster-360</c>.</summary>
/// <param name="Kind">What is made.</param>
/// <param name="Height">Most lines of a picture; null: as many as the recording has.</param>
internal sealed record MediaProfile(MediaKind Kind, int? Height)
{
    private const int LeastHeight = 16;
    private const int MostHeight = 4320;

    /// <summary>The names that <c>MEDIA</c> may hold, for its error.</summary>
    public static string Names => string.Join(", ", MediaKind.All.Select(static kind => kind.Name));

    /// <returns>Null: no such profile.</returns>
    public static MediaProfile? Parse(string text)
    {
        var parts = text.Split('-');
        if (Array.Find(MediaKind.All, kind => kind.Name == parts[0]) is not { } kind || parts.Length > 2)
        {
            return null;
        }

        if (parts.Length == 1)
        {
            return new MediaProfile(kind, null);
        }

        return kind.HasPicture && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var height) && height is >= LeastHeight and <= MostHeight
            ? new MediaProfile(kind, height)
            : null;
    }

    /// <summary>Key of the result. <c>a.mov</c> becomes <c>a.mov.720p.mp4</c>; <c>a.mp4</c> becomes <c>a.720p.mp4</c>.</summary>
    public string KeyOf(string prefix, string key)
    {
        var hasExtension = key.EndsWith(Kind.Extension, StringComparison.OrdinalIgnoreCase);
        var stem = hasExtension ? key[..^Kind.Extension.Length] : key;
        var extension = hasExtension ? key[^Kind.Extension.Length..] : Kind.Extension; // A.MP4 and A.mp4 are two
        return Height is { } height ? $"{prefix}{stem}.{height}p{extension}" : $"{prefix}{stem}{extension}";
    }

    /// <summary>ffmpeg's arguments behind the input.</summary>
    public IEnumerable<string> Arguments()
    {
        foreach (var argument in Kind.Arguments)
        {
            yield return argument;
        }

        if (Kind.HasPicture)
        {
            // Never enlarged; the codecs want even sides.
            yield return "-vf";
            yield return Height is { } height ? $"scale=-2:min({height}\\,trunc(ih/2)*2)" : "scale=trunc(iw/2)*2:trunc(ih/2)*2";
        }
    }
}
