using Glue.Functions.Storage;

namespace Glue.Functions.Objects.Staging;

/// <summary>An object on its way: a small one waits in the spool, the parts of others in an upload that is not completed.</summary>
/// <param name="bucket">Where it goes.</param>
/// <param name="key">Its key.</param>
/// <param name="bytes">Its size, where it is known.</param>
/// <param name="digest">Where its SHA-256 is wanted.</param>
internal sealed class StagedObject(string bucket, string key, long? bytes, StagedDigest? digest)
{
    private readonly Lock _beginning = new();
    private readonly object _digesting = new();
    private MultipartUpload? _upload;
    private int _digested;

    public string Key { get; } = key;

    public long? Bytes { get; } = bytes;

    /// <summary>Parts handed over so far.</summary>
    public int Parts { get; set; }

    /// <summary>The whole object, when it is small.</summary>
    public SpooledBytes? Held { get; private set; }

    /// <summary>Something of it is in the store, to be completed or given up.</summary>
    public bool HasUpload => _upload is not null;

    public void Hold(SpooledBytes whole, ReadOnlySpan<byte> bytes)
    {
        Held = whole;
        digest?.Append(bytes);
    }

    /// <summary>
    /// Takes a part into the digest, after those before it: they were taken up by other threads before this one was, so the wait ends.
    /// </summary>
    public void Digest(int number, ReadOnlySpan<byte> part)
    {
        if (digest is null)
        {
            return;
        }

        lock (_digesting)
        {
            while (_digested != number - 1)
            {
                Monitor.Wait(_digesting);
            }

            digest.Append(part);
            _digested = number;
            Monitor.PulseAll(_digesting);
        }
    }

    public void Send(StorageClient storage, int number, ReadOnlySpan<byte> part) => Upload(storage).Send(number, part);

    /// <exception cref="StorageException">The store refused it.</exception>
    public void Publish(StorageClient storage)
    {
        if (Held is not null)
        {
            Held.Put(storage, bucket, Key, Description);
        }
        else
        {
            _upload!.Complete();
            _upload = null;
        }

        digest?.Finish();
    }

    /// <summary>Gives up what was uploaded; does nothing once published.</summary>
    public void Abort()
    {
        Held = null;
        _upload?.Abort();
        _upload = null;
    }

    private ObjectUpload Description => new() { ContentType = ContentTypes.Of(Key) };

    private MultipartUpload Upload(StorageClient storage)
    {
        lock (_beginning)
        {
            return _upload ??= storage.BeginUpload(bucket, Key, Description);
        }
    }
}
