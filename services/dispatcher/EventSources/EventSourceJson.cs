using System.Text.Json.Serialization;

namespace Glue.Dispatcher.EventSources;

/// <summary>The stored documents' shape. Persisted: a renamed property forgets what is on disk.</summary>
[JsonSerializable(typeof(EventSourceMapping))]
internal sealed partial class EventSourceJson : JsonSerializerContext;
