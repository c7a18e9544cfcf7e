using Glue.Foundation.Sqlite;

namespace Glue.ObjectStore.Files;

/// <summary>
/// Bodies of a few kilobytes, in the database: they are durable with the same commit as their metadata, which a busy store shares among
/// many puts. A file of its own would cost each put two fsyncs more (measured: ./glue bench store).
/// </summary>
internal sealed class SmallBodies(SqliteDatabase database)
{
    /// <summary>Larger ones are files: their bytes would be written twice here, to the log and to the database.</summary>
    public const int MaxBytes = 16 * 1024;

    public static void Add(SqliteWrite write, string id, ReadOnlyMemory<byte> bytes) =>
        write.Prepared("INSERT INTO small_body(id, sum, bytes) VALUES($id, $sum, $bytes)")
            .With("$id", id).With("$sum", (long)BlockSums.Of(BlockSums.Seed(id), 0, bytes.Span)).With("$bytes", bytes.ToArray()).ExecuteNonQuery();

    public static void Remove(SqliteWrite write, string id) =>
        write.Prepared("DELETE FROM small_body WHERE id=$id").With("$id", id).ExecuteNonQuery();

    /// <exception cref="FileNotFoundException">It is gone: the object was replaced meanwhile.</exception>
    /// <exception cref="BodyDamagedException">The bytes are not those that were written.</exception>
    public byte[] Read(string id)
    {
        var (bytes, sum) = database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT bytes, sum FROM small_body WHERE id=$id";
            command.With("$id", id);
            using var reader = command.ExecuteReader();
            return reader.Read() ? ((byte[])reader.GetValue(0), (uint)reader.GetInt64(1)) : throw new FileNotFoundException(null, id);
        });
        return BlockSums.Of(BlockSums.Seed(id), 0, bytes) == sum ? bytes : throw new BodyDamagedException(id, "its bytes in the database do not have their checksum");
    }
}
