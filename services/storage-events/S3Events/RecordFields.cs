using System.Globalization;
using System.Text;
using System.Text.Json;
using Glue.Contracts.Storage;

namespace Glue.StorageEvents.S3Events;

/// <summary>Reads one record of an S3 event message; the first fault is kept, with the field's path.</summary>
internal struct RecordFields(JsonElement record, int index, DateTimeOffset receivedAt, EventOrigin? origin = null)
{
    private const int MaxShown = 100;
    private const string LineageKey = "x-amz-meta-glue-lineage";

    private readonly StoreDialect _dialect = origin is null ? StoreDialect.Aws : StoreDialect.Of(record);

    public string? Fault { get; private set; }

    /// <returns>Means nothing when there is a <see cref="Fault"/>.</returns>
    public S3EventRecord Read()
    {
        try
        {
            return ReadFields();
        }
        catch (InvalidOperationException)
        {
            // The syntax is JSON's, but a member's name holds half a surrogate pair or bytes that are not UTF-8.
            Fail("", "has a member whose name is not valid Unicode");
            return default;
        }
    }

    private S3EventRecord ReadFields()
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
            Store = NullIfEmpty(Text(Optional(record, "glue"), ".glue", "store")),
            LineageDepth = origin is null ? LineageDepth() : LineageInMetadata(item),
        };
        return origin is not null ? new S3EventRecord(OfStore(change, origin), origin.Account) : new S3EventRecord(change, NullIfEmpty(Text(Optional(record, "glue"), ".glue", "account")));
    }

    /// <summary>As Glue tells it on, whatever the store says: AWS's deletions have neither size nor ETag.</summary>
    private readonly ObjectChange OfStore(ObjectChange change, EventOrigin from)
    {
        var isRemoval = change.EventName.StartsWith("ObjectRemoved:", StringComparison.Ordinal);
        return change with
        {
            Store = from.Store, BucketOwner = from.Account, Sequencer = _dialect.Sequencer(change.Sequencer, change.Time),
            Size = isRemoval ? null : change.Size, ETag = isRemoval ? null : change.ETag,
        };
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
        var key = encoded;
        if (!_dialect.HasRawKeys && !S3KeyEncoding.TryDecode(encoded, out key))
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

    /// <summary>
    /// The storage gateway stamps what functions write into attached stores, in the object's user metadata; Ceph and MinIO tell it in their events.
    /// Who forges it stops his own chain early or late, nobody else's.
    /// </summary>
    private static int LineageInMetadata(JsonElement item)
    {
        var text = Optional(item, "metadata") is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Where(static pair => IsText(Optional(pair, "key"), LineageKey)).Select(static pair => Optional(pair, "val")).FirstOrDefault()
            : Optional(item, "userMetadata") is { ValueKind: JsonValueKind.Object } map
                ? map.EnumerateObject().FirstOrDefault(static member => member.Name.Equals(LineageKey, StringComparison.OrdinalIgnoreCase)).Value
                : default;
        return text.ValueKind == JsonValueKind.String && int.TryParse(text.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth : 0;
    }

    private static bool IsText(JsonElement value, string text) => value.ValueKind == JsonValueKind.String && value.ValueEquals(text);

    private JsonElement Member(JsonElement parent, string parentPath, string name)
    {
        var value = Optional(parent, name);
        if (value.ValueKind != JsonValueKind.Object)
        {
            Fail($"{parentPath}.{name}", value.ValueKind == JsonValueKind.Undefined ? "is missing" : $"is {JsonKinds.Name(value.ValueKind)}, not an object");
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
            Fail($"{parentPath}.{name}", $"is {JsonKinds.Name(value.ValueKind)}, not a string");
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
