using System.Text.Json.Serialization;
using Glue.Contracts.Storage;

namespace Glue.AttachedStores.Api;

/// <summary>Body of <c>PUT /glue/v1/stores/NAME</c>. Null: the default.</summary>
internal sealed record StoreBody
{
    public string? Endpoint { get; init; }

    public string? AccessKey { get; init; }

    public string? SecretKey { get; init; }

    public string? Region { get; init; }

    public bool? PathStyle { get; init; }

    public string? Notify { get; init; }

    public string? Account { get; init; }

    public string? EventsUrl { get; init; }

    public string? TargetArn { get; init; }

    /// <summary>Of <c>kafka</c>: the brokers, with commas.</summary>
    public string? KafkaServers { get; init; }

    /// <summary>Of <c>kafka</c>.</summary>
    public string? KafkaTopic { get; init; }

    /// <summary>Of <c>kafka</c>: Glue leaves the store's own notification configuration alone.</summary>
    public bool? SetsNothing { get; init; }

    /// <summary>Of <c>poll</c>: 1 to 86400.</summary>
    public int? PollIntervalSeconds { get; init; }

    /// <summary>Of <c>poll</c>: also what is there when a bucket is first listed.</summary>
    public bool? PollExisting { get; init; }
}

/// <summary>A store as the API shows it: without its keys. The events' address holds the token, for the owner to give to the store; of a store that writes to Kafka it is the topic; it is empty where stores tell nobody.</summary>
internal sealed record StoreView(
    string Name, string Account, string Endpoint, string Region, bool PathStyle, string AccessKey, string Notify, string EventsAddress, IReadOnlyList<string> Buckets, string Status);

internal sealed record StoreList(IReadOnlyList<StoreView> Stores);

/// <summary>What one look found.</summary>
internal sealed record CheckFinding(string What, bool Ok, string Finding);

internal sealed record StoreCheck(bool Ok, IReadOnlyList<CheckFinding> Findings);

internal sealed record StoreRules(IReadOnlyList<BucketRule> Rules);

/// <summary>Where a bucket's bare name leads: <c>BUCKET</c> in the embedded store, <c>STORE/BUCKET</c> in attached ones.</summary>
internal sealed record BucketPlaces(IReadOnlyList<string> Buckets);

internal sealed record StoreError(string Message);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(StoreBody))]
[JsonSerializable(typeof(StoreView))]
[JsonSerializable(typeof(StoreList))]
[JsonSerializable(typeof(StoreCheck))]
[JsonSerializable(typeof(StoreRules))]
[JsonSerializable(typeof(BucketPlaces))]
[JsonSerializable(typeof(StoreError))]
internal sealed partial class StoreJson : JsonSerializerContext;
