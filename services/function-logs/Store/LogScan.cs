using Glue.FunctionLogs.Filtering;

namespace Glue.FunctionLogs.Store;

/// <summary>Which lines to read, and in which order.</summary>
internal sealed record LogScan
{
    public required long GroupId { get; init; }

    /// <summary>Null: all of the group.</summary>
    public IReadOnlyCollection<long>? StreamIds { get; init; }

    /// <summary>The first millisecond wanted.</summary>
    public long StartMs { get; init; }

    /// <summary>The first millisecond not wanted any more.</summary>
    public long EndMs { get; init; } = long.MaxValue;

    /// <summary>Only what comes after this line, in the order of reading. Null: from the beginning.</summary>
    public LogPosition? After { get; init; }

    /// <summary>True: from the newest to the oldest.</summary>
    public bool IsBackward { get; init; }

    public FilterPattern Filter { get; init; } = FilterPattern.Everything;

    public required int Limit { get; init; }
}
