using System.Text.Json.Serialization;

namespace Glue.AttachedStores.Stores;

/// <summary>What a way of learning of changes needs to know. Kept on disk as JSON: never rename a member, only add.</summary>
public sealed record StoreSettings
{
    /// <summary>Where the store reaches Glue's API, e.g. <c>https://glue.example.org</c>; null: the API's own address.</summary>
    public Uri? EventsUrl { get; init; }

    /// <summary>The ARN of the target that the store's administrator set up (MinIO, RustFS); null: Glue makes a topic (Ceph).</summary>
    public string? TargetArn { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(StoreSettings))]
internal sealed partial class StoreSettingsJson : JsonSerializerContext;
