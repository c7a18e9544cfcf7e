using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Files;

namespace Glue.ObjectStore.Objects;

/// <summary>Counts who names a blob, inside the transaction that changes it. A blob nobody names is removed after the commit.</summary>
internal static class BlobReferences
{
    /// <summary>One more use of blobs that are there already; a new one adds itself (<see cref="BlobWriter.Add"/>).</summary>
    public static void Add(SqliteWrite write, IEnumerable<string> blobs)
    {
        foreach (var blob in blobs)
        {
            write.Prepared("UPDATE blob SET uses=uses+1 WHERE id=$id").With("$id", blob).ExecuteNonQuery();
        }
    }

    /// <summary>Takes one use of each away, and leaves in the list those that have none left.</summary>
    public static void Release(SqliteWrite write, List<string> blobs) => blobs.RemoveAll(blob =>
    {
        var left = write.Prepared("UPDATE blob SET uses=uses-1 WHERE id=$id RETURNING uses").With("$id", blob).ExecuteScalar();
        if (left is long and > 0)
        {
            return true;
        }

        write.Prepared("DELETE FROM blob WHERE id=$id").With("$id", blob).ExecuteNonQuery();
        if (BlobId.KindOf(blob) == BlobKind.Row)
        {
            SmallBodies.Remove(write, blob);
        }

        return false;
    });
}
