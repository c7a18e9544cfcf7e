using System.Text.Json.Serialization;

namespace Glue.Dispatcher.DeadLetters;

/// <summary>Answer of a redrive: how many wait again.</summary>
internal sealed record RedriveResponse([property: JsonPropertyName("redriven")] int Redriven);
