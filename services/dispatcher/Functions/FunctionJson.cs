using System.Text.Json.Serialization;

namespace Glue.Dispatcher.Functions;

/// <summary>The stored documents' shapes. Persisted: a renamed property forgets what is on disk.</summary>
[JsonSourceGenerationOptions(IgnoreReadOnlyProperties = true)]
[JsonSerializable(typeof(FunctionState))]
[JsonSerializable(typeof(VersionState))]
[JsonSerializable(typeof(LayerVersionState))]
internal sealed partial class FunctionJson : JsonSerializerContext;
