using Glue.Dispatcher.EventSources;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of CreateEventSourceMapping and UpdateEventSourceMapping. Null: not given.</summary>
internal sealed record EventSourceRequest
{
    public string? EventSourceArn { get; init; }

    public string? FunctionName { get; init; }

    public bool? Enabled { get; init; }

    public int? BatchSize { get; init; }

    public FilterCriteriaFields? FilterCriteria { get; init; }

    public int? MaximumBatchingWindowInSeconds { get; init; }

    public int? ParallelizationFactor { get; init; }

    public string? StartingPosition { get; init; }

    /// <summary>Seconds since 1970.</summary>
    public double? StartingPositionTimestamp { get; init; }

    public DestinationConfigFields? DestinationConfig { get; init; }

    public int? MaximumRecordAgeInSeconds { get; init; }

    public bool? BisectBatchOnFunctionError { get; init; }

    public int? MaximumRetryAttempts { get; init; }

    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    public int? TumblingWindowInSeconds { get; init; }

    public IReadOnlyList<string>? Topics { get; init; }

    public IReadOnlyList<string>? Queues { get; init; }

    public IReadOnlyList<SourceAccessFields>? SourceAccessConfigurations { get; init; }

    public SelfManagedSourceFields? SelfManagedEventSource { get; init; }

    public IReadOnlyList<string>? FunctionResponseTypes { get; init; }

    public System.Text.Json.JsonElement? AmazonManagedKafkaEventSourceConfig { get; init; }

    public SelfManagedKafkaFields? SelfManagedKafkaEventSourceConfig { get; init; }

    public System.Text.Json.JsonElement? ScalingConfig { get; init; }

    public System.Text.Json.JsonElement? DocumentDBEventSourceConfig { get; init; }

    public string? KMSKeyArn { get; init; }

    public PollerConfig? ProvisionedPollerConfig { get; init; }

    public System.Text.Json.JsonElement? MetricsConfig { get; init; }
}

internal sealed record FilterCriteriaFields(IReadOnlyList<FilterFields>? Filters);

internal sealed record FilterFields(string? Pattern);

internal sealed record SourceAccessFields(string? Type, string? URI);

internal sealed record SelfManagedSourceFields(IReadOnlyDictionary<string, IReadOnlyList<string>>? Endpoints);

internal sealed record SelfManagedKafkaFields(string? ConsumerGroupId, System.Text.Json.JsonElement? SchemaRegistryConfig = null);

/// <summary>Lambda's EventSourceMappingConfiguration. Times are seconds since 1970.</summary>
internal sealed record EventSourceResponse
{
    public EventSourceResponse(EventSourceMapping mapping, string state, string result, string region)
    {
        UUID = mapping.Uuid;
        EventSourceMappingArn = mapping.Arn(region);
        FunctionArn = mapping.FunctionArn(region);
        BatchSize = mapping.Records;
        MaximumBatchingWindowInSeconds = mapping.MaximumBatchingWindowInSeconds;
        StartingPosition = EventSourceRules.NameOf(mapping.StartingPosition);
        StartingPositionTimestamp = mapping.StartingPositionTimestamp?.ToUnixTimeMilliseconds() / 1000.0;
        LastModified = mapping.LastModified.ToUnixTimeMilliseconds() / 1000.0;
        LastProcessingResult = result;
        State = state;
        Topics = [mapping.Topic];
        SelfManagedEventSource = new SelfManagedSourceFields(new Dictionary<string, IReadOnlyList<string>> { [EventSourceRules.Endpoint] = mapping.BootstrapServers });
        SelfManagedKafkaEventSourceConfig = new SelfManagedKafkaFields(mapping.Group);
        FilterCriteria = mapping.Filters.Count == 0 ? null : new FilterCriteriaFields([.. mapping.Filters.Select(static pattern => new FilterFields(pattern))]);
        DestinationConfig = new DestinationConfigFields(null, new DestinationFields(mapping.OnFailure));
        MaximumRetryAttempts = mapping.MaximumRetryAttempts ?? -1;
        MaximumRecordAgeInSeconds = mapping.MaximumRecordAgeInSeconds ?? -1;
        BisectBatchOnFunctionError = mapping.BisectBatchOnFunctionError;
        FunctionResponseTypes = mapping.ReportsBatchItemFailures ? [EventSourceRules.ReportBatchItemFailures] : [];
        ProvisionedPollerConfig = mapping.ProvisionedPollers;
    }

    public string UUID { get; }

    public string EventSourceMappingArn { get; }

    public string FunctionArn { get; }

    public int BatchSize { get; }

    public int? MaximumBatchingWindowInSeconds { get; }

    public string StartingPosition { get; }

    public double? StartingPositionTimestamp { get; }

    public double LastModified { get; }

    public string LastProcessingResult { get; }

    public string State { get; }

    public string StateTransitionReason { get; } = "USER_INITIATED";

    public IReadOnlyList<string> Topics { get; }

    public SelfManagedSourceFields SelfManagedEventSource { get; }

    public SelfManagedKafkaFields SelfManagedKafkaEventSourceConfig { get; }

    public FilterCriteriaFields? FilterCriteria { get; }

    public DestinationConfigFields DestinationConfig { get; }

    public int MaximumRetryAttempts { get; }

    public int MaximumRecordAgeInSeconds { get; }

    public bool BisectBatchOnFunctionError { get; }

    public IReadOnlyList<string> FunctionResponseTypes { get; }

    public PollerConfig? ProvisionedPollerConfig { get; }
}

/// <summary>Answer of ListEventSourceMappings.</summary>
internal sealed record EventSourceList(IReadOnlyList<EventSourceResponse> EventSourceMappings, string? NextMarker);
