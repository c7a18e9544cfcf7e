using System.Text.Json.Serialization;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>Body of an error.</summary>
internal sealed record ErrorBody(
    string Type,
    [property: JsonPropertyName("Message")] string Text,
    [property: JsonPropertyName("message")] string SameText,
    string? Reason);
