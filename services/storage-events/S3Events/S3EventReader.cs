using System.Text;
using System.Text.Json;
using Glue.Contracts.Storage;

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
    /// <param name="faults">Receives one sentence per bad record (or one for the whole message), e.g. <c>Records[0].s3.object.key is missing</c>.</param>
    public static void Read(ReadOnlyMemory<byte> json, DateTimeOffset receivedAt, List<S3EventRecord> records, List<string> faults)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            ReadMessage(document.RootElement, receivedAt, records, faults);
        }
        catch (JsonException e)
        {
            faults.Add($"not JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}");
        }
        catch (InvalidOperationException)
        {
            // The syntax is JSON's, but a member's name holds half a surrogate pair or bytes that are not UTF-8.
            faults.Add("a member's name is not valid Unicode");
        }
    }

    private static void ReadMessage(JsonElement root, DateTimeOffset receivedAt, List<S3EventRecord> records, List<string> faults)
    {
        if (root.ValueKind != JsonValueKind.Object)
        {
            faults.Add($"a JSON object with Records was expected, not {Name(root.ValueKind)}");
            return;
        }

        if (IsTestEvent(root))
        {
            return; // S3 sends one when a configuration is put: it says nothing about an object
        }

        if (!root.TryGetProperty("Records"u8, out var array) || array.ValueKind != JsonValueKind.Array)
        {
            faults.Add("Records is missing or not an array");
            return;
        }

        var index = 0;
        foreach (var element in array.EnumerateArray())
        {
            var fields = new RecordFields(element, index++, receivedAt);
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

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };

    /// <summary>Reads one record; the first fault ends it.</summary>
    private struct RecordFields(JsonElement record, int index, DateTimeOffset receivedAt)
    {
        private const int MaxShown = 100;

        public string? Fault { get; private set; }

        public S3EventRecord Read()
        {
            var s3 = Member(record, "", "s3");
            var bucket = Member(s3, ".s3", "bucket");
            var item = Member(s3, ".s3", "object");
            CheckVersion();
            var change = new ObjectChange
            {
                EventName = EventName(),
                Time = Time(),
                Bucket = Text(bucket, ".s3.bucket", "name", required: true),
                BucketOwner = Text(Optional(bucket, "ownerIdentity"), ".s3.bucket.ownerIdentity", "principalId"),
                Key = Key(item),
                Size = Size(item),
                ETag = NullIfEmpty(Text(item, ".s3.object", "eTag").Trim('"')),
                VersionId = NullIfEmpty(Text(item, ".s3.object", "versionId")),
                Sequencer = Text(item, ".s3.object", "sequencer"),
                PrincipalId = Text(Optional(record, "userIdentity"), ".userIdentity", "principalId"),
                SourceIpAddress = Text(Optional(record, "requestParameters"), ".requestParameters", "sourceIPAddress"),
                RequestId = Text(Optional(record, "responseElements"), ".responseElements", "x-amz-request-id"),
                HostId = Text(Optional(record, "responseElements"), ".responseElements", "x-amz-id-2"),
                LineageDepth = LineageDepth(),
            };
            return new S3EventRecord(change, NullIfEmpty(Text(Optional(record, "glue"), ".glue", "account")));
        }

        /// <summary>AWS: compare the major version for equality; minor ones only add.</summary>
        private void CheckVersion()
        {
            var version = Text(record, "", "eventVersion");
            if (version.Length > 0 && !version.StartsWith("2.", StringComparison.Ordinal))
            {
                Fail(".eventVersion", $"is '{Shorten(version)}'; 2.x is understood");
            }
        }

        private string EventName()
        {
            var name = Text(record, "", "eventName", required: true);
            return name.StartsWith("s3:", StringComparison.Ordinal) ? name[3..] : name;
        }

        private DateTimeOffset Time()
        {
            var value = Optional(record, "eventTime");
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                return receivedAt;
            }

            if (value.ValueKind == JsonValueKind.String && value.TryGetDateTimeOffset(out var time))
            {
                return time;
            }

            Fail(".eventTime", "is not an ISO 8601 time");
            return default;
        }

        private string Key(JsonElement item)
        {
            var encoded = Text(item, ".s3.object", "key", required: true);
            if (!S3KeyEncoding.TryDecode(encoded, out var key))
            {
                Fail(".s3.object.key", $"'{Shorten(encoded)}' is not form-encoded UTF-8");
            }
            else if (Encoding.UTF8.GetByteCount(key) > S3KeyEncoding.MaxKeyBytes)
            {
                Fail(".s3.object.key", $"is longer than {S3KeyEncoding.MaxKeyBytes} bytes");
            }

            return key;
        }

        private long? Size(JsonElement item)
        {
            var value = Optional(item, "size");
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                return null;
            }

            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var size) && size >= 0)
            {
                return size;
            }

            Fail(".s3.object.size", "is not a number of bytes");
            return null;
        }

        private int LineageDepth()
        {
            var value = Optional(Optional(record, "glue"), "lineageDepth");
            if (value.ValueKind == JsonValueKind.Undefined)
            {
                return 0;
            }

            if (value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var depth) && depth >= 0)
            {
                return depth;
            }

            Fail(".glue.lineageDepth", "is not a count");
            return 0;
        }

        private JsonElement Member(JsonElement parent, string parentPath, string name)
        {
            var value = Optional(parent, name);
            if (value.ValueKind != JsonValueKind.Object)
            {
                Fail($"{parentPath}.{name}", value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is {Name(value.ValueKind)}, not an object");
            }

            return value;
        }

        private string Text(JsonElement parent, string parentPath, string name, bool required = false)
        {
            var value = Optional(parent, name);
            if (value.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null)
            {
                if (required)
                {
                    Fail($"{parentPath}.{name}", "is missing");
                }

                return "";
            }

            if (value.ValueKind != JsonValueKind.String)
            {
                Fail($"{parentPath}.{name}", $"is {Name(value.ValueKind)}, not a string");
                return "";
            }

            var text = ReadString(value, parentPath, name);
            if (required && text.Length == 0)
            {
                Fail($"{parentPath}.{name}", "is empty");
            }

            return text;
        }

        private string ReadString(JsonElement value, string parentPath, string name)
        {
            try
            {
                return value.GetString()!;
            }
            catch (InvalidOperationException)
            {
                // An escape for half a surrogate pair, or bytes that are not UTF-8: valid JSON syntax, no text.
                Fail($"{parentPath}.{name}", "is not valid Unicode");
                return "";
            }
        }

        private static JsonElement Optional(JsonElement parent, string name) =>
            parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var value) ? value : default;

        private void Fail(string field, string what) => Fault ??= $"Records[{index}]{field} {what}";

        private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;

        /// <summary>For people: the beginning, on one line, whatever the sender put into it.</summary>
        private static string Shorten(string text) => string.Concat(
            text.Take(MaxShown).Select(c => char.IsControl(c) ? '\uFFFD' : c).Concat(text.Length > MaxShown ? "…" : ""));
    }
}
