using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Glue.Foundation.Sqlite;

/// <summary>
/// A statement for hot paths, kept prepared and used again: parameters are given in order, nothing is allocated for a run. About a quarter
/// of the time <see cref="SqliteCommand"/> takes around the same statement. Belongs to one connection, and so to one thread at a time.
/// </summary>
/// <remarks>After an exception it is ready for the next use, as it is after <see cref="Run"/> and at the end of <see cref="Query"/>.</remarks>
public sealed class SqliteStatement : IDisposable
{
    private const int StackBytes = 1024;

    private readonly sqlite3 _connection;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    internal SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection.Handle!;
        Check(raw.sqlite3_prepare_v2(_connection, sql, out _statement));
    }

    public SqliteStatement With(long value)
    {
        Check(raw.sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public SqliteStatement With(long? value) => value is { } number ? With(number) : WithNull();

    public SqliteStatement With(string? text)
    {
        if (text is null)
        {
            return WithNull();
        }

        if (text.Length == 0)
        {
            Check(raw.sqlite3_bind_text(_statement, ++_bound, "")); // an empty span has no address, which SQLite takes for NULL
            return this;
        }

        var room = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (room <= StackBytes)
        {
            Span<byte> utf8 = stackalloc byte[StackBytes];
            Check(raw.sqlite3_bind_text(_statement, ++_bound, utf8[..Encoding.UTF8.GetBytes(text, utf8)]));
            return this;
        }

        var rented = ArrayPool<byte>.Shared.Rent(room);
        Check(raw.sqlite3_bind_text(_statement, ++_bound, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented))));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    /// <summary>A blob; SQLite copies it.</summary>
    public SqliteStatement With(ReadOnlySpan<byte> blob)
    {
        Check(blob.IsEmpty ? raw.sqlite3_bind_zeroblob(_statement, ++_bound, 0) : raw.sqlite3_bind_blob(_statement, ++_bound, blob));
        return this;
    }

    public SqliteStatement WithNull()
    {
        Check(raw.sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>Rows changed.</returns>
    public int Run()
    {
        while (Step())
        {
            // Rows that nobody wants.
        }

        Reset();
        return raw.sqlite3_changes(_connection);
    }

    /// <summary>Runs it row by row. Dispose it: until then it keeps its snapshot of the database.</summary>
    public SqliteRows Query() => new(this);

    public void Dispose() => _statement.Dispose();

    internal bool Step()
    {
        var result = raw.sqlite3_step(_statement);
        if (result is raw.SQLITE_ROW or raw.SQLITE_DONE)
        {
            return result == raw.SQLITE_ROW;
        }

        Reset();
        SqliteException.ThrowExceptionForRC(result, _connection);
        throw new InvalidOperationException($"SQLite answered {result}, which is neither a row nor an error."); // cannot be
    }

    internal void Reset()
    {
        _bound = 0;
        raw.sqlite3_reset(_statement); // repeats the error of the last step, which was thrown then
    }

    internal bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    internal long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    internal ReadOnlySpan<byte> Blob(int column) => raw.sqlite3_column_blob(_statement, column);

    internal string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            _bound = 0;
            SqliteException.ThrowExceptionForRC(result, _connection);
        }
    }
}
