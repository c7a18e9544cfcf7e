using Microsoft.Data.Sqlite;

namespace Glue.Foundation.Sqlite;

/// <summary>One connection's kept statements.</summary>
public sealed class SqliteStatements : IDisposable
{
    // By reference: hashing a long text would cost as much as binding its parameters does.
    private readonly Dictionary<object, SqliteStatement> _kept = new(ReferenceEqualityComparer.Instance);

    internal SqliteStatements(SqliteConnection connection) => Connection = connection;

    internal SqliteConnection Connection { get; }

    /// <summary>The statement of a text, which must be a constant: it is kept as long as the connection.</summary>
    public SqliteStatement this[string sql]
    {
        get
        {
            if (!_kept.TryGetValue(sql, out var statement))
            {
                _kept.Add(sql, statement = new SqliteStatement(Connection, sql));
            }

            return statement;
        }
    }

    public void Dispose()
    {
        foreach (var statement in _kept.Values)
        {
            statement.Dispose();
        }
    }
}
