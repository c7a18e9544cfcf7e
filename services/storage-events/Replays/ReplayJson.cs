using System.Text.Json.Serialization;

namespace Glue.StorageEvents.Replays;

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ReplayRequest))]
[JsonSerializable(typeof(ReplayView))]
[JsonSerializable(typeof(ReplayList))]
[JsonSerializable(typeof(ReplayError))]
internal sealed partial class ReplayApiJson : JsonSerializerContext;

[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(Replay))]
internal sealed partial class ReplayJson : JsonSerializerContext;
