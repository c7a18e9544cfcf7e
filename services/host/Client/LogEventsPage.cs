using System.Text.Json.Serialization;

namespace Glue.Host.Client;

/// <summary>Answer of FilterLogEvents.</summary>
internal sealed record LogEventsPage(IReadOnlyList<LogEventView> Events, string? NextToken);

/// <summary>One line of a function's log. The time in milliseconds since 1970.</summary>
internal sealed record LogEventView(string EventId, string LogStreamName, long Timestamp, string Message);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogEventsPage))]
internal sealed partial class LogEventsJson : JsonSerializerContext;
