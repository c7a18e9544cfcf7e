using System.Text.Json.Serialization;

namespace Glue.AttachedStores.Stores;

/// <summary>What a way of learning of changes needs to know. Kept on disk as JSON: never rename a member, only add.</summary>
public sealed record StoreSettings
{
    /// <summary>Where the store reaches Glue's API, e.g. <c>https://glue.example.org</c>; null: the API's own address.</summary>
    public Uri? EventsUrl { get; init; }

    /// <summary>The ARN of the target that the store's administrator set up (MinIO, RustFS); null: Glue makes a topic (Ceph).</summary>
    public string? TargetArn { get; init; }

    /// <summary>Polling: from a listing's end to the next one's beginning. 1 s to 1 day; null: 30 s.</summary>
    public TimeSpan? PollInterval { get; init; }

    /// <summary>Polling: what a bucket holds when it is first listed is told as if it had just been made.</summary>
    public bool PollsExisting { get; init; }

    /// <summary>Polling: since when without a break.</summary>
    public DateTimeOffset? PolledSince { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoreSettings))]
internal sealed partial class StoreSettingsJson : JsonSerializerContext;
