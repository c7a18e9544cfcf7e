using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.Objects;

/// <summary>What one transaction takes out of the store: bytes for the bucket's account, blobs to remove once it is committed.</summary>
internal sealed class FreedBodies
{
    /// <summary>Named by nothing any more.</summary>
    public List<string> Blobs { get; } = [];

    public long Bytes { get; private set; }

    public void Take(SqliteWrite write, StoredObject removed) => Take(write, removed.Body.Blobs, removed.Size);

    /// <param name="write">The open transaction.</param>
    /// <param name="blobs">Each loses one use.</param>
    /// <param name="bytes">No longer the bucket's.</param>
    public void Take(SqliteWrite write, IEnumerable<string> blobs, long bytes)
    {
        var released = blobs.ToList();
        BlobReferences.Release(write, released);
        Blobs.AddRange(released);
        Bytes += bytes;
    }
}
