using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.Functions;

/// <summary>All layer versions: on disk in state.db, and in memory. A change is durable before it is seen.</summary>
internal sealed class LayerStore
{
    private static readonly string[] Schema =
    [
        "CREATE TABLE layer_version(account_id TEXT NOT NULL, name TEXT NOT NULL, version INTEGER NOT NULL, document TEXT NOT NULL, "
            + "PRIMARY KEY(account_id, name, version)) WITHOUT ROWID",

        // Outlives the versions: a number is never given twice.
        "CREATE TABLE layer_number(account_id TEXT NOT NULL, name TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY(account_id, name)) WITHOUT ROWID",
    ];

    private readonly SqliteDatabase _database;
    private readonly CodeLibrary _library;

    // Replaced as a whole at every change; read without a lock.
    private volatile ImmutableSortedDictionary<(string AccountId, string Name, int Version), LayerVersionState> _versions;

    public LayerStore(SqliteDatabase database, CodeLibrary library)
    {
        (_database, _library) = (database, library);
        database.Migrate("dispatcher.layers", Schema);
        _versions = ReadAll(database).ToImmutableSortedDictionary(
            static layer => (layer.AccountId, layer.Name, layer.Version), static layer => layer, Comparer<(string AccountId, string Name, int Version)>.Create(Compare));
        library.Load(_versions.Values.Select(static layer => layer.CodeSha256));
    }

    /// <returns>Null: there is none.</returns>
    public LayerVersionState? Find(string accountId, string name, int version) => _versions.GetValueOrDefault((accountId, name, version));

    /// <summary>Of an account, by name and rising number.</summary>
    public IEnumerable<LayerVersionState> List(string accountId) => _versions.Values.Where(layer => layer.AccountId == accountId);

    /// <summary>Keeps a new version under the next number. Durable when it returns.</summary>
    /// <param name="accountId">The owner.</param>
    /// <param name="name">The layer's.</param>
    /// <param name="zip">Its content.</param>
    /// <param name="make">Makes it from the digest and the number.</param>
    /// <param name="cancellationToken">Ends the wait for other changes.</param>
    public Task<LayerVersionState> PublishAsync(
        string accountId, string name, ReadOnlyMemory<byte> zip, Func<string, int, LayerVersionState> make, CancellationToken cancellationToken) =>
        _library.ChangeAsync(
            zip,
            async sha256 =>
            {
                var made = await _database.WriteAsync(write =>
                {
                    var last = write.Prepared("SELECT last FROM layer_number WHERE account_id=$account AND name=$name")
                        .With("$account", accountId).With("$name", name).ExecuteScalar();
                    var layer = make(sha256!, Convert.ToInt32(last ?? 0, CultureInfo.InvariantCulture) + 1);
                    write.Prepared("INSERT INTO layer_number VALUES($account, $name, $version) ON CONFLICT DO UPDATE SET last=excluded.last")
                        .With("$account", accountId).With("$name", name).With("$version", layer.Version).ExecuteNonQuery();
                    write.Prepared("INSERT INTO layer_version VALUES($account, $name, $version, $document)")
                        .With("$account", accountId).With("$name", name).With("$version", layer.Version)
                        .With("$document", JsonSerializer.Serialize(layer, FunctionJson.Default.LayerVersionState)).ExecuteNonQuery();
                    return layer;
                });
                _versions = _versions.Add((accountId, name, made.Version), made);
                return (made, new CodeReferences([made.CodeSha256], []));
            },
            tell: null,
            cancellationToken);

    /// <summary>Changes who may use a version: <paramref name="change"/> sees its policy with all other changes waiting, or throws and nothing changes.</summary>
    /// <returns>Null: there is no such version.</returns>
    public Task<LayerVersionState?> ChangePolicyAsync(
        string accountId, string name, int version, Func<ResourcePolicy, ResourcePolicy> change, CancellationToken cancellationToken) => _library.ChangeAsync<LayerVersionState?>(
        zip: null,
        async _ =>
        {
            if (Find(accountId, name, version) is not { } existing)
            {
                return (null, CodeReferences.Unchanged);
            }

            var changed = existing with { Policy = change(existing.Policy) };
            await _database.WriteAsync(write => write
                .Prepared("UPDATE layer_version SET document=$document WHERE account_id=$account AND name=$name AND version=$version")
                .With("$account", accountId).With("$name", name).With("$version", version)
                .With("$document", JsonSerializer.Serialize(changed, FunctionJson.Default.LayerVersionState)).ExecuteNonQuery());
            _versions = _versions.SetItem((accountId, name, version), changed);
            return (changed, CodeReferences.Unchanged);
        },
        tell: null,
        cancellationToken);

    /// <summary>Forgets a version, if it is there. Functions that have it keep it.</summary>
    public Task DeleteAsync(string accountId, string name, int version, CancellationToken cancellationToken) => _library.ChangeAsync(
        zip: null,
        async _ =>
        {
            var gone = Find(accountId, name, version);
            await _database.WriteAsync(write => write.Prepared("DELETE FROM layer_version WHERE account_id=$account AND name=$name AND version=$version")
                .With("$account", accountId).With("$name", name).With("$version", version).ExecuteNonQuery());
            _versions = _versions.Remove((accountId, name, version));
            return (true, gone is null ? CodeReferences.Unchanged : new CodeReferences([], [gone.CodeSha256]));
        },
        tell: null,
        cancellationToken);

    private static int Compare((string AccountId, string Name, int Version) one, (string AccountId, string Name, int Version) other) =>
        string.CompareOrdinal(one.AccountId, other.AccountId) is var account and not 0 ? account
        : string.CompareOrdinal(one.Name, other.Name) is var name and not 0 ? name
        : one.Version.CompareTo(other.Version);

    private static List<LayerVersionState> ReadAll(SqliteDatabase database) => database.Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT document FROM layer_version";
        using var row = command.ExecuteReader();
        var layers = new List<LayerVersionState>();
        while (row.Read())
        {
            layers.Add(JsonSerializer.Deserialize(row.GetString(0), FunctionJson.Default.LayerVersionState)!);
        }

        return layers;
    });
}
