using Microsoft.Win32.SafeHandles;

namespace Glue.ObjectStore.Files;

/// <summary>One blob being written. Unless <see cref="Keep"/> was called, disposing removes the file.</summary>
internal sealed class BlobWriter(BlobFiles files, string id, SafeFileHandle handle) : IDisposable
{
    private bool _keep;

    public string Id => id;

    public long Length { get; private set; }

    /// <exception cref="IOException">The disk is full or broken.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        await RandomAccess.WriteAsync(handle, bytes, Length, cancellationToken);
        Length += bytes.Length;
    }

    /// <summary>Returns once the bytes and the file's name are on disk.</summary>
    public Task SyncAsync() => files.SyncAsync(id, handle);

    /// <summary>The metadata that names this blob is committed.</summary>
    public void Keep() => _keep = true;

    public void Dispose()
    {
        handle.Dispose();
        files.Settle(id, _keep);
    }
}
