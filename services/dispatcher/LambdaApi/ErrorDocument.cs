using System.Text.Json;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>A failed function's answer. The runtime wrote it: it may be anything.</summary>
internal static class ErrorDocument
{
    /// <summary>Its <c>errorType</c>; null: it has none.</summary>
    public static string? TypeOf(ReadOnlyMemory<byte> document)
    {
        try
        {
            using var json = JsonDocument.Parse(document);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("errorType", out var type)
                && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair, or no UTF-8
        {
            return null;
        }
    }
}
