using System.Text.Json.Serialization;

namespace Glue.Host.Store;

/// <summary>One line of a verification: how far it is, and the damaged body it has just met, if it has.</summary>
internal sealed record VerifyProgress(
    long Bodies, long Bytes, long TotalBodies, long TotalBytes, long Damaged, string? Bucket, string? Key, string? VersionId, string? Part, string? What, bool Done);

[JsonSerializable(typeof(VerifyProgress))]
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
internal sealed partial class StoreJson : JsonSerializerContext;
