using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>An object on its way: small ones wait in the spool, the others' parts in an upload that is not completed.</summary>
internal sealed class StagedObject(string bucket, string key, long? bytes)
{
    private readonly Lock _lock = new();
    private MultipartUpload? _upload;

    public string Key { get; } = key;

    public long? Bytes { get; } = bytes;

    /// <summary>Parts handed over so far.</summary>
    public int Parts { get; set; }

    /// <summary>The whole object, when it is small.</summary>
    public SpooledBytes? Held { get; set; }

    /// <summary>Something of it is in the store, to be completed or given up.</summary>
    public bool HasUpload => _upload is not null;

    public void Send(StorageClient storage, int number, ReadOnlySpan<byte> part)
    {
        lock (_lock)
        {
            _upload ??= storage.BeginUpload(bucket, Key, Description);
        }

        _upload.Send(number, part);
    }

    public void Publish(StorageClient storage)
    {
        if (Held is not null)
        {
            Held.Put(storage, bucket, Key, Description);
            return;
        }

        _upload!.Complete();
        _upload = null;
    }

    /// <summary>Gives up what was uploaded; does nothing once published.</summary>
    public void Abort()
    {
        Held = null;
        _upload?.Abort();
        _upload = null;
    }

    private ObjectUpload Description => new() { ContentType = ContentTypes.Of(Key) };
}
