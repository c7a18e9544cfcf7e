namespace Glue.Foundation.Sqlite;

/// <summary>The rows of a <see cref="SqliteStatement"/>. Columns count from 0.</summary>
public readonly ref struct SqliteRows
{
    private readonly SqliteStatement _statement;

    internal SqliteRows(SqliteStatement statement) => _statement = statement;

    /// <returns>False: there are no more.</returns>
    public bool Read() => _statement.Step();

    public bool IsNull(int column) => _statement.IsNull(column);

    public long Int64(int column) => _statement.Int64(column);

    public int Int32(int column) => (int)_statement.Int64(column);

    public string Text(int column) => _statement.Text(column);

    public string? TextOrNull(int column) => _statement.IsNull(column) ? null : _statement.Text(column);

    /// <summary>Valid until the next row.</summary>
    public ReadOnlySpan<byte> Blob(int column) => _statement.Blob(column);

    public void Dispose() => _statement.Reset();
}
