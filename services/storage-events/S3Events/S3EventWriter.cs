using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Glue.Contracts.Storage;

namespace Glue.StorageEvents.S3Events;

/// <summary>
/// Writes AWS's S3 event JSON, field by field and in its order: <c>{"Records":[{…}]}</c> with one record. Three forms of the same:
/// the one in the event log (Glue's member <c>glue</c> added, no rule yet), the one a function gets, and the one that clients get that listen to a bucket.
/// </summary>
/// <remarks>
/// <para>Source: S3 User Guide, "Event message structure", read 2026-11. Its copies disagree about <c>eventVersion</c>: some still show
/// 2.1, the English pages 2.5, the newest ones 2.6; since 2.4 there is one version for all event types. Glue writes 2.6, whose
/// addition for the events Glue has is <c>hasObjectAnnotation</c> on copies: false, as Glue's stores keep no annotations. The field
/// <c>awsGeneratedTags</c> (2.5) is absent, as it is in AWS for buckets without such tags.</para>
/// <para>AWS documents <c>versionId</c> as "otherwise null"; what it sends for an unversioned bucket is no member at all, and so does
/// Glue. Deletions have neither <c>size</c> nor <c>eTag</c>.</para>
/// </remarks>
internal static class S3EventWriter
{
    public const string EventVersion = "2.6";

    private const string TimeFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
    private const int StackKeyBytes = S3KeyEncoding.MaxKeyBytes * 3;

    private static readonly JsonWriterOptions Options = new()
    {
        // Bytes as AWS sends them: '+' and '&' stay themselves. The text is application/json, never part of an HTML page.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    // One writer and buffer per thread: an event is written in one go, without waiting in between.
    [ThreadStatic] private static Utf8JsonWriter? s_writer;
    [ThreadStatic] private static ArrayBufferWriter<byte>? s_buffer;

    /// <summary>The form kept in the event log.</summary>
    public static byte[] Logged(ObjectChange change, string region) => Write(change, region, ruleId: null);

    /// <summary>The form handed to the function of one rule; the rule's id is its <c>configurationId</c>.</summary>
    public static byte[] ForFunction(ObjectChange change, string region, string ruleId) => Write(change, region, ruleId);

    /// <summary>The form for clients that listen, as MinIO's: the name with <c>s3:</c>, the user's metadata with the object.</summary>
    public static byte[] ForListener(ObjectChange change, string region) =>
        Write(change with { EventName = "s3:" + change.EventName }, region, ruleId: null, isForListener: true);

    private static byte[] Write(ObjectChange change, string region, string? ruleId, bool isForListener = false)
    {
        var buffer = s_buffer ??= new ArrayBufferWriter<byte>(2048);
        buffer.ResetWrittenCount();
        var json = s_writer ??= new Utf8JsonWriter(buffer, Options);
        json.Reset(buffer);

        json.WriteStartObject();
        json.WriteStartArray("Records"u8);
        json.WriteStartObject();
        json.WriteString("eventVersion"u8, EventVersion);
        json.WriteString("eventSource"u8, "aws:s3"u8);
        json.WriteString("awsRegion"u8, region);
        WriteTime(json, change.Time);
        json.WriteString("eventName"u8, change.EventName);
        WritePrincipal(json, "userIdentity"u8, change.PrincipalId);
        json.WriteStartObject("requestParameters"u8);
        json.WriteString("sourceIPAddress"u8, change.SourceIpAddress);
        json.WriteEndObject();
        json.WriteStartObject("responseElements"u8);
        json.WriteString("x-amz-request-id"u8, change.RequestId);
        json.WriteString("x-amz-id-2"u8, change.HostId);
        json.WriteEndObject();
        json.WriteStartObject("s3"u8);
        json.WriteString("s3SchemaVersion"u8, "1.0"u8);
        if (ruleId is not null)
        {
            json.WriteString("configurationId"u8, ruleId);
        }

        json.WriteStartObject("bucket"u8);
        json.WriteString("name"u8, change.Bucket);
        WritePrincipal(json, "ownerIdentity"u8, change.BucketOwner);
        json.WriteString("arn"u8, BucketArn.Of(change.Bucket));
        json.WriteEndObject();
        WriteObject(json, change, isForListener ? change.UserMetadata : null);
        json.WriteEndObject();
        if (ruleId is null && !isForListener)
        {
            json.WriteStartObject("glue"u8);
            json.WriteString("account"u8, change.BucketOwner);
            json.WriteNumber("lineageDepth"u8, change.LineageDepth);
            if (change.Store is { } store)
            {
                json.WriteString("store"u8, store);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteObject(Utf8JsonWriter json, ObjectChange change, IReadOnlyDictionary<string, string>? metadata)
    {
        json.WriteStartObject("object"u8);
        WriteKey(json, change.Key);
        if (change.Size is { } size)
        {
            json.WriteNumber("size"u8, size);
        }

        if (change.ETag is { } eTag)
        {
            json.WriteString("eTag"u8, eTag);
        }

        if (change.VersionId is { } versionId)
        {
            json.WriteString("versionId"u8, versionId);
        }

        if (change.EventName == "ObjectCreated:Copy")
        {
            json.WriteBoolean("hasObjectAnnotation"u8, false);
        }

        if (change.Sequencer.Length > 0)
        {
            json.WriteString("sequencer"u8, change.Sequencer);
        }

        if (metadata is not null)
        {
            json.WriteStartObject("userMetadata"u8);
            foreach (var (name, value) in metadata)
            {
                json.WriteString(name, value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteKey(Utf8JsonWriter json, string key)
    {
        var room = S3KeyEncoding.MaxEncodedBytes(key);
        if (room <= StackKeyBytes)
        {
            Span<byte> encoded = stackalloc byte[StackKeyBytes];
            json.WriteString("key"u8, encoded[..S3KeyEncoding.Encode(key, encoded)]);
            return;
        }

        var rented = ArrayPool<byte>.Shared.Rent(room);
        try
        {
            json.WriteString("key"u8, rented.AsSpan(0, S3KeyEncoding.Encode(key, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    private static void WriteTime(Utf8JsonWriter json, DateTimeOffset time)
    {
        Span<byte> text = stackalloc byte[TimeFormat.Length];
        time.UtcDateTime.TryFormat(text, out var written, TimeFormat, CultureInfo.InvariantCulture);
        json.WriteString("eventTime"u8, text[..written]);
    }

    private static void WritePrincipal(Utf8JsonWriter json, ReadOnlySpan<byte> name, string principalId)
    {
        json.WriteStartObject(name);
        json.WriteString("principalId"u8, principalId);
        json.WriteEndObject();
    }
}
