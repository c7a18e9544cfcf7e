using System.Text.Json.Serialization;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// One event source mapping: a Kafka topic whose records are handed to a function in batches. Persisted as one document; replaced as a whole at
/// every change. Follows EventSourceMappingConfiguration (Lambda API Reference, read 2026-11).
/// </summary>
internal sealed record EventSourceMapping
{
    public const int DefaultBatchSize = 100;

    /// <summary>Where retries are not limited and a destination stands ready, a batch is given up after this many retries, as by Lambda.</summary>
    public const int RetriesBeforeDestination = 10;

    private static readonly TimeSpan DefaultWindow = TimeSpan.FromMilliseconds(500);

    public required string Uuid { get; init; }

    public required string AccountId { get; init; }

    /// <summary>The bare name.</summary>
    public required string FunctionName { get; init; }

    /// <summary>Version or alias; null: none was named.</summary>
    public string? Qualifier { get; init; }

    /// <summary><c>host:port</c>, as given.</summary>
    public required IReadOnlyList<string> BootstrapServers { get; init; }

    public required string Topic { get; init; }

    /// <summary>Null: the mapping's own, which bears its UUID.</summary>
    public string? ConsumerGroupId { get; init; }

    public required StartingPosition StartingPosition { get; init; }

    /// <summary>For <see cref="StartingPosition.AtTimestamp"/>.</summary>
    public DateTimeOffset? StartingPositionTimestamp { get; init; }

    public bool Enabled { get; init; } = true;

    /// <summary>1 to 10,000; null: <see cref="DefaultBatchSize"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>0 to 300; null: half a second.</summary>
    public int? MaximumBatchingWindowInSeconds { get; init; }

    /// <summary>Patterns of which a record must match one; empty: every record is wanted.</summary>
    public IReadOnlyList<string> Filters { get; init; } = [];

    /// <summary>An ARN, or <c>kafka://TOPIC</c> on the same cluster; null: none.</summary>
    public string? OnFailure { get; init; }

    /// <summary>Null and -1: no limit.</summary>
    public int? MaximumRetryAttempts { get; init; }

    /// <summary>Null and -1: no limit.</summary>
    public int? MaximumRecordAgeInSeconds { get; init; }

    public bool BisectBatchOnFunctionError { get; init; }

    /// <summary>FunctionResponseTypes names ReportBatchItemFailures.</summary>
    public bool ReportsBatchItemFailures { get; init; }

    /// <summary>Kept and reported; it changes nothing.</summary>
    public PollerConfig? ProvisionedPollers { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    public required DateTimeOffset LastModified { get; init; }

    /// <summary>DeleteEventSourceMapping was called: it goes once nothing of it runs.</summary>
    public bool IsDeleting { get; init; }

    [JsonIgnore]
    public int Records => BatchSize ?? DefaultBatchSize;

    [JsonIgnore]
    public TimeSpan Window => MaximumBatchingWindowInSeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : DefaultWindow;

    [JsonIgnore]
    public string Group => ConsumerGroupId ?? Uuid;

    /// <summary>How often a batch is tried again after an error of the function; null: until it succeeds.</summary>
    [JsonIgnore]
    public int? Retries =>
        MaximumRetryAttempts is { } retries and >= 0 ? retries
        : OnFailure is not null ? RetriesBeforeDestination
        : null;

    /// <summary>Older records are not handed to the function any more; null: none is too old.</summary>
    [JsonIgnore]
    public TimeSpan? MaximumAge => MaximumRecordAgeInSeconds is { } seconds and >= 0 ? TimeSpan.FromSeconds(seconds) : null;

    public string FunctionArn(string region) =>
        $"arn:aws:lambda:{region}:{AccountId}:function:{FunctionName}{(Qualifier is null ? "" : ":" + Qualifier)}";

    public string Arn(string region) => $"arn:aws:lambda:{region}:{AccountId}:event-source-mapping:{Uuid}";
}

/// <summary>ProvisionedPollerConfig.</summary>
internal sealed record PollerConfig(int? MinimumPollers, int? MaximumPollers, string? PollerGroupName);
