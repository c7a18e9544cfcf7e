namespace Glue.Workers.Gateway;

/// <summary>What one sandbox has moved through the storage gateway so far; bodies only. Thread-safe.</summary>
public sealed class StorageUsage
{
    private long _requests;
    private long _bytesRead;
    private long _bytesWritten;

    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>From the store to the function.</summary>
    public long BytesRead => Interlocked.Read(ref _bytesRead);

    /// <summary>From the function to the store, without framing.</summary>
    public long BytesWritten => Interlocked.Read(ref _bytesWritten);

    internal void CountRequest() => Interlocked.Increment(ref _requests);

    internal void CountRead(long bytes) => Interlocked.Add(ref _bytesRead, bytes);

    internal void CountWritten(long bytes) => Interlocked.Add(ref _bytesWritten, bytes);
}
