using System.ComponentModel.DataAnnotations;
using Glue.StorageEvents.EventLog;
using Microsoft.Extensions.Options;

namespace Glue.StorageEvents;

/// <summary>Settings of storage-events. Section <c>StorageEvents</c>.</summary>
public sealed record StorageEventsOptions
{
    /// <summary>Where events wait between stores and rules: <c>Sqlite</c> or <c>Kafka</c> (section <c>StorageEvents:Kafka</c>). Default <c>Sqlite</c>.</summary>
    [EnumDataType(typeof(EventLogKind))] public EventLogKind EventLog { get; init; }

    /// <summary>Written as <c>awsRegion</c> into events. Default <c>us-east-1</c>.</summary>
    [Required] public string Region { get; init; } = "us-east-1";

    /// <summary>Records handled at once: more share one commit of the invocation queue, fewer wait less. 1 to 10,000; default 500.</summary>
    [Range(1, 10_000)] public int BatchRecords { get; init; } = 500;

    /// <summary>How long committed records stay in the embedded log, to be read again. 1 min to 365 days; default 7 days.</summary>
    [Range(typeof(TimeSpan), "00:01:00", "365.00:00:00")]
    public TimeSpan Retention { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Time between two looks for records past their retention. 1 s to 1 day; default 10 min.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "1.00:00:00")]
    public TimeSpan RetentionCheck { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Looks into the embedded log this often without having been woken. 100 ms to 10 min; default 10 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan SafetyPoll { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Time between two reconciliations of every bucket that has rules. 1 min to 365 days; 0, the default: only when asked for.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "365.00:00:00")]
    public TimeSpan ReconcileEvery { get; init; }

    /// <summary>Objects a reconciliation looks at per second, at most. 1 to 100,000; default 1,000.</summary>
    [Range(1, 100_000)] public int ReconcileRate { get; init; } = 1000;

    /// <summary>How old an object is before a reconciliation takes its event for lost: younger ones may have theirs under way. 0 to 1 day; default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00", "1.00:00:00")]
    public TimeSpan ReconcileSettle { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>First wait after the invocation queue or a disk refused; it doubles up to <see cref="RetryMaximum"/>. 1 ms to 1 min; default 100 ms.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:01:00")]
    public TimeSpan RetryFirst { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest wait between two tries. 10 ms to 10 min; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan RetryMaximum { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Longest wait until what a replay reads, such as an attached store, is tried again; the first is <see cref="RetryFirst"/>. 10 ms to 1 day; default 1 min.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "1.00:00:00")]
    public TimeSpan SourceRetryMaximum { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long a replay is served when others wait. 1 ms to 10 min; default 5 s.</summary>
    [Range(typeof(TimeSpan), "00:00:00.001", "00:10:00")]
    public TimeSpan ReplayTurn { get; init; } = TimeSpan.FromSeconds(5);
}

[OptionsValidator]
internal sealed partial class StorageEventsOptionsValidator : IValidateOptions<StorageEventsOptions>;
