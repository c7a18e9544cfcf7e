using System.Text.Json.Serialization;

namespace Glue.Dispatcher.Functions;

/// <summary>The stored document's shape. Persisted: a renamed property forgets what is on disk.</summary>
[JsonSerializable(typeof(FunctionState))]
internal sealed partial class FunctionJson : JsonSerializerContext;
