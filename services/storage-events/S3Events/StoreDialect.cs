using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Glue.StorageEvents.S3Events;

/// <summary>How one kind of store writes S3's event JSON where it departs from AWS. Samples, with their origin: <c>tests/samples</c>.</summary>
/// <param name="Name">For people.</param>
/// <param name="HasRawKeys">True: keys are plain UTF-8; false: form-encoded, as AWS's.</param>
/// <param name="Sequencer">From the record's sequencer and time to what is kept: of two events of one key the later has the greater text, as far as the store lets that be known.</param>
internal sealed record StoreDialect(string Name, bool HasRawKeys, Func<string, DateTimeOffset, string> Sequencer)
{
    /// <summary>Hexadecimal text that orders the events of a key when padded: trusted.</summary>
    public static StoreDialect Aws { get; } = new("AWS", HasRawKeys: false, static (sequencer, _) => sequencer);

    /// <summary>
    /// Seconds and nanoseconds since 1970, 32 bits each and each little-endian (RADOS Gateway 16.2, measured): turned round, so that they order.
    /// Trusted as far as the clocks of its gateways agree. A repeated delivery carries the same.
    /// </summary>
    public static StoreDialect Ceph { get; } = new("Ceph", HasRawKeys: true, static (sequencer, _) => BigEndian(sequencer));

    /// <summary>
    /// The object's modification time (cmd/event-notification.go; RustFS's crates/notify likewise): a removal has that of what was removed. It tells
    /// events apart together with their name, and does not order a removal.
    /// </summary>
    public static StoreDialect MinIO { get; } = new("MinIO", HasRawKeys: false, static (sequencer, _) => sequencer);

    /// <summary>A counter that begins anew with the gateway's process (s3event/event.go): behind the time, which it gives in seconds, it orders between restarts.</summary>
    public static StoreDialect VersityGW { get; } = new("VersityGW", HasRawKeys: true, static (sequencer, time) =>
        string.Create(CultureInfo.InvariantCulture, $"{time.ToUnixTimeMilliseconds():X12}{sequencer.PadLeft(16, '0')}"));

    /// <summary>By what the record says of its source: VersityGW calls itself AWS and is known by its configuration ids.</summary>
    public static StoreDialect Of(JsonElement record) => Text(record, "eventSource") switch
    {
        "ceph:s3" => Ceph,
        "minio:s3" or "rustfs:s3" => MinIO,
        _ => IsVersity(record) ? VersityGW : Aws,
    };

    private static bool IsVersity(JsonElement record) =>
        record.ValueKind == JsonValueKind.Object && record.TryGetProperty("s3"u8, out var s3)
        && Text(s3, "configurationId") is "webhook-global" or "kafka-global" or "nats-global";

    private static string? Text(JsonElement parent, string name)
    {
        if (parent.ValueKind != JsonValueKind.Object || !parent.TryGetProperty(name, out var value) || value.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // not valid Unicode: the field's reader says so, with its path
        }
    }

    private static string BigEndian(string sequencer)
    {
        Span<byte> bytes = stackalloc byte[8];
        if (sequencer.Length != 16 || Convert.FromHexString(sequencer, bytes, out _, out var written) != System.Buffers.OperationStatus.Done || written != 8)
        {
            return ""; // another release's: the event's time tells it from others
        }

        var seconds = BinaryPrimitives.ReadUInt32LittleEndian(bytes);
        var nanoseconds = BinaryPrimitives.ReadUInt32LittleEndian(bytes[4..]);
        return string.Create(CultureInfo.InvariantCulture, $"{seconds:X8}{nanoseconds:X8}");
    }
}
