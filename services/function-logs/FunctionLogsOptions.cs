using System.ComponentModel.DataAnnotations;

namespace Glue.FunctionLogs;

/// <summary>What is kept of functions' logs, and for how long.</summary>
public sealed record FunctionLogsOptions
{
    /// <summary>The region in ARNs. Requests signed for any region are accepted.</summary>
    [Required] public required string Region { get; init; }

    /// <summary>
    /// Lines that wait to be written, in memory, of all functions together. What comes while it is full is dropped, and the stream says
    /// how many lines that were. 1 to 1024; default 32.
    /// </summary>
    [Range(1, 1024)] public int QueueMiB { get; init; } = 32;

    /// <summary>How long a line may wait for others to share its transaction, and so how much a power cut may take. Default 0.25 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:01:00")]
    public TimeSpan FlushInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>How long lines are kept, unless their group has a retention policy that is shorter. 1 min to 10 years; default 14 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "3653.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(14);

    /// <summary>All logs together, in MiB; above it the oldest go first. 1 to 1,048,576; default 1024.</summary>
    /// <remarks>SQLite gives the room back to later lines, not to the file system: the file keeps the largest size it had.</remarks>
    [Range(1, 1024 * 1024)] public int MaxTotalMiB { get; init; } = 1024;
}
