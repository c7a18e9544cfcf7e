using Glue.Contracts.Storage;

namespace Glue.StorageEvents.S3Events;

/// <summary>Changes as clients read them that listen to a bucket (MinIO's extension of S3).</summary>
public static class ListenedEvents
{
    /// <summary><c>{"Records":[one]}</c>, UTF-8, one line.</summary>
    public static byte[] Write(ObjectChange change, string region)
    {
        ArgumentNullException.ThrowIfNull(change);
        return S3EventWriter.ForListener(change, region);
    }
}
