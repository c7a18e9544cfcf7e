using System.Text.Json;

namespace Glue.StorageEvents.S3Events;

/// <summary>
/// Reads S3 event JSON as Glue and others write it: <c>{"Records":[…]}</c> with any number of records, members in any order,
/// unknown members ignored. Strict about what matching and functions rely on (bucket, key, event name, version, types), lenient
/// about the rest. A faulty record is reported with the path of the field and does not hold up its neighbours.
/// </summary>
internal static class S3EventReader
{
    /// <summary>Adds what was read to <paramref name="records"/> and what was wrong to <paramref name="faults"/>.</summary>
    /// <param name="json">One message.</param>
    /// <param name="receivedAt">Stands in for a missing <c>eventTime</c>.</param>
    /// <param name="records">Receives one entry per good record.</param>
    /// <param name="origin">The attached store that sent it; null: it is of Glue's own form, or of a producer that is trusted to write it.</param>
    /// <param name="faults">Receives one sentence per bad record (or one for the whole message), e.g. <c>Records[0].s3.object.key is missing</c>.</param>
    public static void Read(ReadOnlyMemory<byte> json, DateTimeOffset receivedAt, List<S3EventRecord> records, List<string> faults, EventOrigin? origin = null)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            ReadMessage(document.RootElement, receivedAt, records, faults, origin);
        }
        catch (JsonException e)
        {
            faults.Add($"not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            faults.Add("a member's name is not valid Unicode"); // beside Records; within them RecordFields says which record
        }
    }

    private static void ReadMessage(JsonElement root, DateTimeOffset receivedAt, List<S3EventRecord> records, List<string> faults, EventOrigin? origin)
    {
        if (origin is not null && root.ValueKind == JsonValueKind.Array)
        {
            ReadRecords(root, receivedAt, records, faults, origin); // VersityGW leaves out the object around it
            return;
        }

        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"a JSON object with Records was expected, not {JsonKinds.Name(root.ValueKind)}");
            return;
        }

        if (IsTestEvent(root))
        {
            return; // S3 sends one when a configuration is put: it says nothing about an object
        }

        var hasRecords = root.TryGetProperty("Records"u8, out var array);
        if (hasRecords && origin is not null && array.ValueKind == JsonValueKind.Null)
        {
            return; // MinIO's sign of life to who listens
        }

        if (!hasRecords || array.ValueKind != JsonValueKind.Array)
        {
            faults.Add("Records is missing or not an array");
            return;
        }

        ReadRecords(array, receivedAt, records, faults, origin);
    }

    private static void ReadRecords(JsonElement array, DateTimeOffset receivedAt, List<S3EventRecord> records, List<string> faults, EventOrigin? origin)
    {
        var index = 0;
        foreach (var element in array.EnumerateArray())
        {
            var fields = new RecordFields(element, index++, receivedAt, origin);
            var record = fields.Read();
            if (fields.Fault is null)
            {
                records.Add(record);
            }
            else
            {
                faults.Add(fields.Fault);
            }
        }
    }

    private static bool IsTestEvent(JsonElement root) =>
        root.TryGetProperty("Event"u8, out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals("s3:TestEvent"u8);
}
