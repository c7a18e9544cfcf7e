using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Sqlite;

/// <summary>
/// What a change sees while the group's transaction is open: the one writing connection and prepared
/// statements that live as long as the connection. Only valid inside the change; use it on the calling thread.
/// </summary>
public sealed class SqliteWrite
{
    private readonly List<Action> _whenCommitted = [];
    private readonly Dictionary<string, SqliteCommand> _prepared = new(StringComparer.Ordinal);

    internal SqliteWrite(SqliteConnection connection)
    {
        Connection = connection;
        Statements = new SqliteStatements(connection);
    }

    public SqliteConnection Connection { get; }

    /// <summary>Kept statements for hot paths; <see cref="Prepared"/> is the convenient form.</summary>
    public SqliteStatements Statements { get; }

    /// <summary>
    /// Runs <paramref name="action"/> on the writer thread once this change is on disk, in the order of the changes and before any caller hears
    /// of them: for what a component keeps in memory of its tables. Dropped when the change is undone. Must be quick and not throw.
    /// </summary>
    public void WhenCommitted(Action action) => _whenCommitted.Add(action);

    internal int WaitingActions => _whenCommitted.Count;

    internal void DropActionsFrom(int first) => _whenCommitted.RemoveRange(first, _whenCommitted.Count - first);

    internal void RunActions()
    {
        foreach (var action in _whenCommitted)
        {
            action();
        }

        _whenCommitted.Clear();
    }

    /// <summary>A statement kept prepared under its text. Its parameters keep their last values: set all of them.</summary>
    public SqliteCommand Prepared(string sql)
    {
        if (!_prepared.TryGetValue(sql, out var command))
        {
            command = Connection.CreateCommand();
            command.CommandText = sql;
            _prepared.Add(sql, command);
        }

        return command;
    }
}
