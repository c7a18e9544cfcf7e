using System.Globalization;

namespace Glue.FunctionLogs.Store;

/// <summary>Where a line stands among all lines: by time, then in the order in which they were stored. Names the line for ever.</summary>
/// <param name="TimeMs">Milliseconds since 1970.</param>
/// <param name="Chunk">The stored chunk it lies in.</param>
/// <param name="Line">Its place in that chunk, from 0.</param>
internal readonly record struct LogPosition(long TimeMs, long Chunk, int Line) : IComparable<LogPosition>
{
    private const int TimeDigits = 20;
    private const int ChunkDigits = 20;
    private const int Digits = 56; // as many as AWS's event ids have

    public int CompareTo(LogPosition other) =>
        TimeMs != other.TimeMs ? TimeMs.CompareTo(other.TimeMs)
        : Chunk != other.Chunk ? Chunk.CompareTo(other.Chunk)
        : Line.CompareTo(other.Line);

    public static bool operator <(LogPosition one, LogPosition other) => one.CompareTo(other) < 0;

    public static bool operator >(LogPosition one, LogPosition other) => one.CompareTo(other) > 0;

    public static bool operator <=(LogPosition one, LogPosition other) => one.CompareTo(other) <= 0;

    public static bool operator >=(LogPosition one, LogPosition other) => one.CompareTo(other) >= 0;

    /// <summary>56 decimal digits: <c>eventId</c>, and the tokens of pages.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{TimeMs:D20}{Chunk:D20}{Line:D16}");

    /// <returns>Null: it is not what <see cref="ToString"/> gives.</returns>
    public static LogPosition? Parse(ReadOnlySpan<char> text) =>
        text.Length == Digits
        && long.TryParse(text[..TimeDigits], NumberStyles.None, CultureInfo.InvariantCulture, out var timeMs)
        && long.TryParse(text.Slice(TimeDigits, ChunkDigits), NumberStyles.None, CultureInfo.InvariantCulture, out var chunk)
        && int.TryParse(text[(TimeDigits + ChunkDigits)..], NumberStyles.None, CultureInfo.InvariantCulture, out var line)
            ? new LogPosition(timeMs, chunk, line)
            : null;
}
