using System.Text.Json;

namespace Glue.Dispatcher.EventSources;

/// <summary>
/// What a function says of a batch when it reports item failures: <c>{"batchItemFailures":[{"itemIdentifier":{"partition":"TOPIC-0","offset":7}}]}</c>
/// (Lambda Developer Guide, "Configuring error handling controls for Kafka event sources", read 2026-11).
/// </summary>
internal static class BatchFailures
{
    /// <param name="answer">The function's.</param>
    /// <param name="batch">What it was given.</param>
    /// <returns>The records to be tried again, in their order: none when the answer or its list is empty or null, all when it names what was not in the batch.</returns>
    public static IReadOnlyList<SourceRecord> Of(ReadOnlyMemory<byte> answer, IReadOnlyList<SourceRecord> batch)
    {
        try
        {
            using var json = JsonDocument.Parse(answer);
            if (json.RootElement.ValueKind == JsonValueKind.Null)
            {
                return [];
            }

            if (json.RootElement.ValueKind != JsonValueKind.Object)
            {
                return batch;
            }

            if (!json.RootElement.TryGetProperty("batchItemFailures", out var failures) || failures.ValueKind == JsonValueKind.Null)
            {
                return [];
            }

            var offsets = failures.EnumerateArray().Select(failure => OffsetOf(failure, batch)).ToHashSet();
            return offsets.Contains(null) ? batch : [.. batch.Where(record => offsets.Contains(record.Offset))];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return answer.IsEmpty ? [] : batch; // not the shape: as Lambda, nothing of it counts as done
        }
    }

    /// <returns>Null: it names no record of the batch.</returns>
    private static long? OffsetOf(JsonElement failure, IReadOnlyList<SourceRecord> batch) =>
        failure.TryGetProperty("itemIdentifier", out var identifier)
        && identifier.TryGetProperty("offset", out var place) && place.TryGetInt64(out var offset)
        && identifier.TryGetProperty("partition", out var partition) && partition.GetString() == $"{batch[0].Topic}-{batch[0].Partition}"
        && batch.Any(record => record.Offset == offset)
            ? offset
            : null;
}
