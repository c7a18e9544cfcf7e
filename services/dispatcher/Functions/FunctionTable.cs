using System.Globalization;
using System.Text.Json;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Functions;

/// <summary>Functions and their versions in state.db.</summary>
internal sealed class FunctionTable
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE function(account_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, PRIMARY KEY(account_id, name)) WITHOUT ROWID",
        "CREATE TABLE function_version(account_id TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, "
            + "PRIMARY KEY(account_id, name, version)) WITHOUT ROWID",

        // Outlives the function: Lambda never gives a version's number twice, also not to a function of the same name made later.
        "CREATE TABLE function_number(account_id TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(account_id, name)) WITHOUT ROWID",
    ];

    private readonly SqliteDatabase _database;

    public FunctionTable(SqliteDatabase database)
    {
        _database = database;
        database.Migrate("dispatcher.functions", Schema);
    }

    /// <summary>Every function with its versions by rising number.</summary>
    public List<(FunctionState State, List<VersionState> Versions)> ReadAll() => _database.Read(connection =>
    {
        var versions = Read(connection, "SELECT document FROM function_version ORDER BY account_id, name, version")
            .Select(static text => JsonSerializer.Deserialize(text, FunctionJson.Default.VersionState)!)
            .ToLookup(static version => (version.AccountId, version.Name));
        return Read(connection, "SELECT document FROM function")
            .Select(static text => JsonSerializer.Deserialize(text, FunctionJson.Default.FunctionState)!)
            .Select(state => (state, versions[(state.AccountId, state.Name)].ToList())).ToList();
    });

    /// <summary>The highest number a version of that name ever had; 0: none.</summary>
    public int LastVersion(string accountId, string name) => _database.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT last FROM function_number WHERE account_id=$account AND name=$name";
        command.Parameters.AddWithValue("$account", accountId);
        command.Parameters.AddWithValue("$name", name);
        return Convert.ToInt32(command.ExecuteScalar() ?? 0, CultureInfo.InvariantCulture);
    });

    /// <summary>Durable when it returns.</summary>
    public Task SaveAsync(string accountId, string name, FunctionChange change) => _database.WriteAsync(write =>
    {
        SqliteCommand Prepared(string sql) => write.Prepared(sql).With("$account", accountId).With("$name", name);

        if (change.State is null)
        {
            Prepared("DELETE FROM function WHERE account_id=$account AND name=$name").ExecuteNonQuery();
            Prepared("DELETE FROM function_version WHERE account_id=$account AND name=$name").ExecuteNonQuery();
            return;
        }

        Prepared("INSERT INTO function VALUES($account, $name, $document) ON CONFLICT DO UPDATE SET document=excluded.document")
            .With("$document", JsonSerializer.Serialize(change.State, FunctionJson.Default.FunctionState)).ExecuteNonQuery();
        if (change.Published is { } published)
        {
            Prepared("INSERT INTO function_version VALUES($account, $name, $version, $document)").With("$version", Number(published.Version))
                .With("$document", JsonSerializer.Serialize(published, FunctionJson.Default.VersionState)).ExecuteNonQuery();
            Prepared("INSERT INTO function_number VALUES($account, $name, $version) ON CONFLICT DO UPDATE SET last=max(last, excluded.last)")
                .With("$version", Number(published.Version)).ExecuteNonQuery();
        }

        if (change.Removed is { } removed)
        {
            Prepared("DELETE FROM function_version WHERE account_id=$account AND name=$name AND version=$version")
                .With("$version", Number(removed)).ExecuteNonQuery();
        }
    });

    private static int Number(string version) => int.Parse(version, CultureInfo.InvariantCulture);

    private static List<string> Read(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var row = command.ExecuteReader();
        var documents = new List<string>();
        while (row.Read())
        {
            documents.Add(row.GetString(0));
        }

        return documents;
    }
}
