using System.Globalization;

namespace Glue.Functions.Transform.Media;

/// <summary>What ffmpeg says of a run that it takes for a success.</summary>
/// <param name="Duration">Of the result; null where it is not said.</param>
/// <param name="EndedEarly">The recording is cut short.</param>
internal sealed record Outcome(TimeSpan? Duration, bool EndedEarly)
{
    /// <summary>Where a demuxer finds the file's end too early, it says so and goes on (matroska, mov), whatever <c>-xerror</c> asks for.</summary>
    private static readonly string[] Ends = ["File ended prematurely", "partial file"];

    /// <param name="progress">Of <c>-progress</c>: lines of name=value, the last of a name counts.</param>
    /// <param name="errors">Of <c>-v error</c>.</param>
    public static Outcome Read(string progress, string errors)
    {
        const string Name = "out_time_us=";
        var last = progress.Split('\n').LastOrDefault(static line => line.StartsWith(Name, StringComparison.Ordinal));
        return new Outcome(
            last is not null && long.TryParse(last.AsSpan(Name.Length), CultureInfo.InvariantCulture, out var microseconds) ? TimeSpan.FromMicroseconds(microseconds) : null,
            Array.Exists(Ends, end => errors.Contains(end, StringComparison.Ordinal)));
    }
}
