using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Sqlite;

/// <summary>
/// What a change sees while the group's transaction is open: the one writing connection, its transaction, and prepared
/// statements that live as long as the connection. Only valid inside the change; use it on the calling thread.
/// </summary>
public sealed class SqliteWrite
{
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    internal SqliteWrite(SqliteConnection connection) => Connection = connection;

    public SqliteConnection Connection { get; }

    public SqliteTransaction Transaction { get; internal set; } = null!;

    /// <summary>A statement kept prepared under its text. Its parameters keep their last values: set all of them.</summary>
    public SqliteCommand Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        command.Transaction = Transaction;
        return command;
    }
}
