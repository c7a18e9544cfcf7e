using System.Text.Json.Serialization;
using Glue.Contracts.Storage;

namespace Glue.StorageEvents.Rules;

/// <summary>How configurations are kept on disk: never rename a member, only add.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(BucketNotificationConfiguration))]
internal sealed partial class RulesJson : JsonSerializerContext;
