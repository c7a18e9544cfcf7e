using System.Text;
using System.Text.Json;

namespace Glue.Dispatcher.Ledger;

/// <summary>One ledger row as JSON. Times are ISO 8601, durations milliseconds with fractions, absent means none.</summary>
internal static class LedgerJson
{
    public static void Write(Utf8JsonWriter writer, LedgerEntry entry, ReadOnlyMemory<byte>? withEvent)
    {
        writer.WriteStartObject();
        writer.WriteString("id", entry.Id);
        writer.WriteString("function", entry.FunctionName);
        Text(writer, "qualifier", entry.Qualifier);
        writer.WriteString("state", entry.State.ToString().ToLowerInvariant());
        writer.WriteNumber("attempts", entry.Attempts);
        WriteSource(writer, entry);
        writer.WriteString("acceptedAt", entry.AcceptedAt);
        writer.WriteString("enqueuedAt", entry.EnqueuedAt);
        Time(writer, "startedAt", entry.StartedAt);
        Time(writer, "finishedAt", entry.FinishedAt);
        Time(writer, "dueAt", entry.DueAt);
        if (entry.Start is { } start)
        {
            writer.WriteString("start", JsonNamingPolicy.CamelCase.ConvertName(start.ToString()));
            writer.WriteNumber("startMs", entry.StartDuration.TotalMilliseconds);
            writer.WriteNumber("initMs", entry.InitDuration.TotalMilliseconds);
            writer.WriteNumber("durationMs", entry.Duration.TotalMilliseconds);
            writer.WriteNumber("maxMemoryUsedMiB", entry.MaxMemoryUsedMiB);
        }

        Text(writer, "sandboxId", entry.SandboxId);
        Text(writer, "reason", entry.Reason);
        Json(writer, "error", entry.Error);
        if (!entry.LogTail.IsEmpty)
        {
            writer.WriteString("logTail", Encoding.UTF8.GetString(entry.LogTail.Span));
        }

        Json(writer, "event", withEvent ?? default);
        writer.WriteEndObject();
    }

    private static void WriteSource(Utf8JsonWriter writer, LedgerEntry entry)
    {
        writer.WriteStartObject("source");
        writer.WriteString("kind", entry.Source.Kind);
        Text(writer, "rule", entry.Source.RuleId);
        Text(writer, "bucket", entry.Source.Bucket);
        Text(writer, "key", entry.Source.ObjectKey);
        Text(writer, "sequencer", entry.Source.Sequencer);
        if (entry.LineageDepth > 0)
        {
            writer.WriteNumber("lineageDepth", entry.LineageDepth);
        }

        writer.WriteEndObject();
    }

    /// <summary>As JSON where it is, as text where a runtime wrote something else.</summary>
    private static void Json(Utf8JsonWriter writer, string name, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty)
        {
            return;
        }

        writer.WritePropertyName(name);
        try
        {
            using var document = JsonDocument.Parse(value);
            document.RootElement.WriteTo(writer);
        }
        catch (JsonException)
        {
            writer.WriteStringValue(Encoding.UTF8.GetString(value.Span));
        }
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Time(Utf8JsonWriter writer, string name, DateTimeOffset? value)
    {
        if (value is { } time)
        {
            writer.WriteString(name, time);
        }
    }
}
