using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// CreateEventSourceMapping, GetEventSourceMapping, ListEventSourceMappings, UpdateEventSourceMapping and DeleteEventSourceMapping, of Kafka topics
/// (Lambda API Reference, read 2026-11).
/// </summary>
internal sealed class EventSourceActions(
    FunctionFinder finder, EventSourceStore store, EventSourceLoop loop, KafkaClusters clusters, DestinationFinder destinations, DispatcherOptions options,
    TimeProvider time)
{
    private const string ArnPart = ":event-source-mapping:";

    public async Task CreateAsync(ApiCall call)
    {
        var request = call.Json(ApiJson.Default.EventSourceRequest);
        EventSourceRules.Shape(request, isNew: true);
        var servers = EventSourceRules.Servers(request);
        var (position, timestamp) = EventSourceRules.Start(request);
        if (request.Topics is not [var topic])
        {
            throw LambdaException.InvalidParameter("Topics must name one topic.");
        }

        FunctionRules.CheckTags(request.Tags ?? new Dictionary<string, string>());
        var function = Function(call, request.FunctionName!, "CreateEventSourceMapping");
        if (clusters.RefusalOf(call.AccountId, servers) is { } refusal)
        {
            throw LambdaException.InvalidParameter(refusal);
        }

        var mapping = new EventSourceMapping
        {
            Uuid = Guid.NewGuid().ToString(),
            AccountId = call.AccountId,
            FunctionName = function.State.Name,
            Qualifier = function.Qualifier,
            BootstrapServers = servers,
            Topic = topic,
            ConsumerGroupId = request.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId,
            StartingPosition = position,
            StartingPositionTimestamp = timestamp,
            Tags = request.Tags ?? new Dictionary<string, string>(),
            LastModified = time.GetUtcNow(),
        };
        mapping = With(mapping, request, await DestinationAsync(call, request, servers, topic));
        await store.ChangeAsync(
            mapping.Uuid,
            _ =>
            {
                Conflict(mapping); // with all other changes waiting: of two alike at once one conflicts
                return mapping;
            },
            call.Aborted);
        await AnswerAsync(call, mapping, StatusCodes.Status202Accepted, "Creating");
    }

    public Task GetAsync(ApiCall call, string uuid) => AnswerAsync(call, Find(call, uuid), StatusCodes.Status200OK);

    public Task ListAsync(ApiCall call)
    {
        var function = call.Query("FunctionName") is { } name ? Function(call, name, "ListEventSourceMappings") : null;
        var after = Page.After(call);
        var all = store.All.Where(mapping => mapping.AccountId == call.AccountId
            && call.Query("EventSourceArn") is null // a cluster has none
            && (function is null || (mapping.FunctionName == function.State.Name && (function.Qualifier is null || mapping.Qualifier == function.Qualifier)))
            && (after is null || string.CompareOrdinal(mapping.Uuid, after) > 0));
        var (page, next) = Page.Of(call, all, static mapping => mapping.Uuid);
        return call.OkAsync(new EventSourceList([.. page.Select(mapping => Body(mapping))], next), ApiJson.Default.EventSourceList);
    }

    public async Task UpdateAsync(ApiCall call, string uuid)
    {
        var request = call.Json(ApiJson.Default.EventSourceRequest);
        EventSourceRules.Shape(request, isNew: false);
        var function = request.FunctionName is { } name ? Function(call, name, "UpdateEventSourceMapping") : null;
        var before = Find(call, uuid);
        if (request.SelfManagedKafkaEventSourceConfig?.ConsumerGroupId is { } group && group != before.Group)
        {
            throw LambdaException.InvalidParameter("ConsumerGroupId cannot be changed; make another event source mapping.");
        }

        var destination = await DestinationAsync(call, request, before.BootstrapServers, before.Topic);
        var changed = await store.ChangeAsync(
            uuid,
            existing => existing is null ? throw Missing()
                : existing.IsDeleting ? throw InUse()
                : With(existing, request, destination) with
                {
                    FunctionName = function?.State.Name ?? existing.FunctionName,
                    Qualifier = function is null ? existing.Qualifier : function.Qualifier,
                    LastModified = time.GetUtcNow(),
                },
            call.Aborted);
        await AnswerAsync(call, changed!, StatusCodes.Status202Accepted, request.Enabled is null ? "Updating" : null);
    }

    public async Task DeleteAsync(ApiCall call, string uuid)
    {
        _ = Find(call, uuid);
        var changed = await store.ChangeAsync(
            uuid, existing => existing is null ? throw Missing() : existing.IsDeleting ? throw InUse() : existing with { IsDeleting = true }, call.Aborted);
        await AnswerAsync(call, changed!, StatusCodes.Status202Accepted);
    }

    /// <summary>Is it an event source mapping's?</summary>
    public static bool IsArn(string arn) => arn.Contains(ArnPart, StringComparison.Ordinal);

    /// <exception cref="LambdaException">It is not there, or another account's.</exception>
    public EventSourceMapping FindByArn(ApiCall call, string arn, string action) =>
        arn.Split(':') is ["arn", "aws", "lambda", var region, var account, _, var uuid] && region == options.Region
            ? account == call.AccountId ? Find(call, uuid) : throw LambdaException.AccessDenied(action, arn)
            : throw Missing();

    public Task ChangeTagsAsync(
        ApiCall call, string arn, string action, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change) =>
        store.ChangeAsync(FindByArn(call, arn, action).Uuid, existing => existing is null ? throw Missing() : existing with { Tags = change(existing.Tags) }, call.Aborted);

    private static LambdaException Missing() => LambdaException.NotFound("The resource you requested does not exist.");

    private static LambdaException InUse() => new(
        400, "ResourceInUseException", "Cannot update the event source mapping because it is in use.");

    private static EventSourceMapping With(EventSourceMapping mapping, EventSourceRequest request, string? destination) => mapping with
    {
        Enabled = request.Enabled ?? mapping.Enabled,
        BatchSize = request.BatchSize ?? mapping.BatchSize,
        MaximumBatchingWindowInSeconds = request.MaximumBatchingWindowInSeconds ?? mapping.MaximumBatchingWindowInSeconds,
        Filters = request.FilterCriteria is null ? mapping.Filters : EventSourceRules.Filters(request.FilterCriteria),
        OnFailure = request.DestinationConfig is null ? mapping.OnFailure : destination,
        MaximumRetryAttempts = request.MaximumRetryAttempts ?? mapping.MaximumRetryAttempts,
        MaximumRecordAgeInSeconds = request.MaximumRecordAgeInSeconds ?? mapping.MaximumRecordAgeInSeconds,
        BisectBatchOnFunctionError = request.BisectBatchOnFunctionError ?? mapping.BisectBatchOnFunctionError,
        ReportsBatchItemFailures = request.FunctionResponseTypes is null ? mapping.ReportsBatchItemFailures : request.FunctionResponseTypes.Count > 0,
        ProvisionedPollers = request.ProvisionedPollerConfig ?? mapping.ProvisionedPollers,
    };

    private async Task<string?> DestinationAsync(ApiCall call, EventSourceRequest request, IReadOnlyList<string> servers, string topic)
    {
        if (request.DestinationConfig?.OnFailure?.Destination is not { } arn || !arn.StartsWith(FailedBatches.TopicPrefix, StringComparison.Ordinal))
        {
            return await destinations.FindAsync(call, request.DestinationConfig?.OnFailure, "OnFailure");
        }

        var failed = arn[FailedBatches.TopicPrefix.Length..];
        if (failed.Length == 0 || failed == topic)
        {
            throw LambdaException.InvalidParameter("The topic of OnFailure must be another one than the mapping's own.");
        }

        return clusters.RefusalOf(call.AccountId, servers, failed) is { } refusal ? throw LambdaException.InvalidParameter(refusal) : arn;
    }

    private void Conflict(EventSourceMapping wanted)
    {
        var other = store.All.FirstOrDefault(mapping => mapping.AccountId == wanted.AccountId && mapping.BootstrapServers.SequenceEqual(wanted.BootstrapServers)
            && ((mapping.Topic == wanted.Topic && mapping.FunctionName == wanted.FunctionName && mapping.Qualifier == wanted.Qualifier) || mapping.Group == wanted.Group));
        if (other is not null)
        {
            throw LambdaException.Conflict(
                $"An event source mapping with this cluster and function (\"{other.FunctionArn(options.Region)}\"), topic (\"{other.Topic}\") or consumer group "
                + $"(\"{other.Group}\") already exists. Please update or delete the existing mapping with UUID {other.Uuid}");
        }
    }

    /// <summary>By name; another account's is refused.</summary>
    private QualifiedFunction Function(ApiCall call, string name, string action) =>
        finder.Find(call.AccountId, ApiCall.Resolve(name, null, call.AccountId, options.Region, action));

    private EventSourceMapping Find(ApiCall call, string uuid) =>
        store.Find(uuid) is { } mapping && mapping.AccountId == call.AccountId ? mapping : throw Missing();

    private EventSourceResponse Body(EventSourceMapping mapping, string? state = null)
    {
        var (now, result) = loop.StatusOf(mapping);
        return new EventSourceResponse(mapping, state ?? now, result, options.Region);
    }

    private Task AnswerAsync(ApiCall call, EventSourceMapping mapping, int status, string? state = null) =>
        call.OkAsync(Body(mapping, state), ApiJson.Default.EventSourceResponse, status);
}
