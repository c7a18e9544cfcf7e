using System.Text.Json;
using Glue.Contracts.Storage;

namespace Glue.ObjectStore.TestHost;

/// <summary>As much of S3's event JSON as tests of this store look at; the real one is storage-events'.</summary>
public sealed class ShortEventText : IObjectEventText
{
    public byte[] Write(ObjectChange change)
    {
        ArgumentNullException.ThrowIfNull(change);
        return JsonSerializer.SerializeToUtf8Bytes(
            new { Records = new[] { new { eventName = "s3:" + change.EventName, s3 = new { bucket = new { name = change.Bucket }, @object = new { key = change.Key } } } } });
    }
}
