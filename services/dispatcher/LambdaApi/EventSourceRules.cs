using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.EventSources.Filtering;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What the fields of an event source mapping may be (Lambda API Reference, CreateEventSourceMapping, read 2026-11).</summary>
internal static class EventSourceRules
{
    public const string Endpoint = "KAFKA_BOOTSTRAP_SERVERS";
    public const string ReportBatchItemFailures = "ReportBatchItemFailures";

    private const int MaxFilters = 10;
    private const int MaxServers = 10;

    public static string NameOf(StartingPosition position) => position switch
    {
        StartingPosition.TrimHorizon => "TRIM_HORIZON",
        StartingPosition.Latest => "LATEST",
        _ => "AT_TIMESTAMP",
    };

    /// <summary>Shapes and ranges of what may be created and updated.</summary>
    public static void Shape(EventSourceRequest request, bool isNew)
    {
        var check = new FieldCheck()
            .Range("batchSize", request.BatchSize, 1, 10_000)
            .Range("maximumBatchingWindowInSeconds", request.MaximumBatchingWindowInSeconds, 0, 300)
            .Range("maximumRecordAgeInSeconds", request.MaximumRecordAgeInSeconds, -1, 604_800)
            .Range("maximumRetryAttempts", request.MaximumRetryAttempts, -1, 10_000)
            .Range("parallelizationFactor", request.ParallelizationFactor, 1, 10)
            .Range("tumblingWindowInSeconds", request.TumblingWindowInSeconds, 0, 900)
            .OneOf("startingPosition", request.StartingPosition, "TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")
            .Length("selfManagedKafkaEventSourceConfig.consumerGroupId", request.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, 200)
            .Matches("selfManagedKafkaEventSourceConfig.consumerGroupId", request.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId, ModelPatterns.ConsumerGroup)
            .Items("functionResponseTypes", request.FunctionResponseTypes?.Count, 1)
            .Range("provisionedPollerConfig.minimumPollers", request.ProvisionedPollerConfig?.MinimumPollers, 1, 200)
            .Range("provisionedPollerConfig.maximumPollers", request.ProvisionedPollerConfig?.MaximumPollers, 1, 2000);
        if (isNew)
        {
            check.Required("functionName", request.FunctionName);
        }

        foreach (var type in request.FunctionResponseTypes ?? [])
        {
            check.Required("functionResponseTypes", type).OneOf("functionResponseTypes", type, ReportBatchItemFailures);
        }

        foreach (var filter in request.FilterCriteria?.Filters ?? [])
        {
            check.Required("filterCriteria.filters", filter?.Pattern).Length("filterCriteria.filters.pattern", filter?.Pattern, 4096);
        }

        foreach (var topic in request.Topics ?? [])
        {
            check.Required("topics", topic).Length("topics", topic, 249).Matches("topics", topic, ModelPatterns.Topic);
        }

        check.Throw();
        Unserved(request);
    }

    /// <summary>The cluster.</summary>
    public static IReadOnlyList<string> Servers(EventSourceRequest request)
    {
        var endpoints = request.SelfManagedEventSource?.Endpoints;
        if (request.EventSourceArn is not null || request.Queues is not null || endpoints is null)
        {
            throw LambdaException.InvalidParameter(
                $"Unrecognized event source. Here it is a Kafka cluster: SelfManagedEventSource with the endpoint {Endpoint}, and Topics.");
        }

        if (endpoints.Count != 1 || !endpoints.TryGetValue(Endpoint, out var servers) || servers is not { Count: >= 1 and <= MaxServers })
        {
            throw LambdaException.InvalidParameter($"SelfManagedEventSource.Endpoints must hold {Endpoint} alone, with 1 to {MaxServers} servers.");
        }

        var check = new FieldCheck();
        foreach (var server in servers)
        {
            check.Required("selfManagedEventSource.endpoints", server).Length("selfManagedEventSource.endpoints", server, 300)
                .Matches("selfManagedEventSource.endpoints", server, ModelPatterns.Endpoint);
        }

        check.Throw();
        return servers;
    }

    public static (StartingPosition Position, DateTimeOffset? Timestamp) Start(EventSourceRequest request)
    {
        var position = request.StartingPosition switch
        {
            "TRIM_HORIZON" => StartingPosition.TrimHorizon,
            "LATEST" => StartingPosition.Latest,
            "AT_TIMESTAMP" => StartingPosition.AtTimestamp,
            _ => throw LambdaException.InvalidParameter("StartingPosition is required for Kafka event sources: TRIM_HORIZON, LATEST or AT_TIMESTAMP."),
        };
        if ((position == StartingPosition.AtTimestamp) != (request.StartingPositionTimestamp is not null))
        {
            throw LambdaException.InvalidParameter("StartingPositionTimestamp is given with AT_TIMESTAMP, and only then.");
        }

        return request.StartingPositionTimestamp switch
        {
            null => (position, null),
            >= 0 and < 4_102_444_800 and var seconds => (position, DateTimeOffset.UnixEpoch.AddSeconds(seconds)), // until 2100
            _ => throw LambdaException.InvalidParameter("StartingPositionTimestamp is not a time between 1970 and 2100."),
        };
    }

    public static IReadOnlyList<string> Filters(FilterCriteriaFields criteria)
    {
        var patterns = (criteria.Filters ?? []).Select(static filter => filter.Pattern!).ToList();
        if (patterns.Count > MaxFilters)
        {
            throw LambdaException.InvalidParameter($"An event source mapping has at most {MaxFilters} filters; these are {patterns.Count}.");
        }

        try
        {
            _ = RecordFilter.Parse(patterns);
            return patterns;
        }
        catch (FormatException e)
        {
            throw LambdaException.InvalidParameter($"Invalid filter pattern definition: {e.Message}.");
        }
    }

    private static void Unserved(EventSourceRequest request)
    {
        FunctionRules.Refuse(
            request.SourceAccessConfigurations is { Count: > 0 }, "SourceAccessConfigurations",
            "secrets do not go through this API: the operator sets how a cluster is reached (SASL, TLS) under Dispatcher:EventSources:Clusters");
        FunctionRules.Refuse(
            request.SelfManagedKafkaEventSourceConfig?.SchemaRegistryConfig is { ValueKind: not System.Text.Json.JsonValueKind.Null }, "SchemaRegistryConfig", "decode in the function");
        FunctionRules.Refuse(!string.IsNullOrEmpty(request.KMSKeyArn), "KMSKeyArn", "leave it out");
        FunctionRules.Refuse(FunctionRules.IsGiven(request.MetricsConfig), "MetricsConfig", "metrics are kept of every mapping: leave it out");
        FunctionRules.Refuse(
            FunctionRules.IsGiven(request.AmazonManagedKafkaEventSourceConfig) || FunctionRules.IsGiven(request.ScalingConfig) || FunctionRules.IsGiven(request.DocumentDBEventSourceConfig)
                || request.ParallelizationFactor is not null || request.TumblingWindowInSeconds is > 0 || !string.IsNullOrEmpty(request.DestinationConfig?.OnSuccess?.Destination),
            "A field for other event sources",
            "AmazonManagedKafkaEventSourceConfig, ScalingConfig, DocumentDBEventSourceConfig, ParallelizationFactor, TumblingWindowInSeconds and OnSuccess are not for self-managed Kafka");
    }

}
