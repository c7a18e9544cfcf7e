using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using Glue.Foundation.Hosting;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.AttachedStores.Stores;

/// <summary>The attached stores: on disk in state.db, their secrets sealed, and all of them in memory, which follows each commit in order.</summary>
internal sealed class StoreTable : IAttachedStores
{
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE attached_store(
          name TEXT PRIMARY KEY, account_id TEXT NOT NULL, endpoint TEXT NOT NULL, region TEXT NOT NULL, path_style INTEGER NOT NULL,
          access_key TEXT NOT NULL, secret_key BLOB NOT NULL, notify TEXT NOT NULL, token BLOB NOT NULL, settings TEXT NOT NULL,
          created_ms INTEGER NOT NULL) WITHOUT ROWID
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, AttachedStore> _stores = new(StringComparer.Ordinal);
    private readonly Signal _changed = new();

    /// <exception cref="InvalidDataException">Secrets were sealed under another key file.</exception>
    public StoreTable(SqliteDatabase database, SecretBox box, TimeProvider time)
    {
        (_database, _box, _time) = (database, box, time);
        database.Migrate("attached-stores", Schema);
        database.Read(Load);
    }

    public IReadOnlyList<AttachedStore> All => [.. _stores.Values.OrderBy(static store => store.Name, StringComparer.Ordinal)];

    public Task NextChange => _changed.Next;

    public AttachedStore? Find(string name) => _stores.GetValueOrDefault(name);

    /// <summary>Attaches it, or changes one of the same account; that keeps its token. Durable when it returns.</summary>
    /// <returns>Null: the name is another account's.</returns>
    public async Task<AttachedStore?> PutAsync(StoreDraft draft)
    {
        var put = await _database.WriteAsync(write =>
        {
            // Memory follows each commit, so within the writer's turn it shows what the turns before left.
            var before = Find(draft.Name);
            if (before is not null && before.AccountId != draft.AccountId)
            {
                return null;
            }

            var store = draft.ToStore(before?.Token ?? NewToken(), before?.CreatedAt ?? _time.GetUtcNow());
            write.Prepared("INSERT OR REPLACE INTO attached_store VALUES($name,$account,$endpoint,$region,$path,$access,$secret,$notify,$token,$settings,$created)")
                .With("$name", store.Name).With("$account", store.AccountId).With("$endpoint", store.Endpoint.ToString()).With("$region", store.Region)
                .With("$path", store.IsPathStyle).With("$access", store.Credential.AccessKeyId)
                .With("$secret", _box.Seal(store.Credential.SecretAccessKey, SecretOwner(store.Name))).With("$notify", store.Notify.ToString())
                .With("$token", _box.Seal(store.Token, TokenOwner(store.Name)))
                .With("$settings", JsonSerializer.Serialize(store.Settings, StoreSettingsJson.Default.StoreSettings))
                .With("$created", store.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            write.WhenCommitted(() => _stores[store.Name] = store);
            return store;
        });
        _changed.Set();
        return put;
    }

    /// <returns>False: there was none.</returns>
    public async Task<bool> RemoveAsync(string name)
    {
        var removed = await _database.WriteAsync(write =>
        {
            write.WhenCommitted(() => _stores.TryRemove(name, out _));
            return write.Prepared("DELETE FROM attached_store WHERE name=$name").With("$name", name).ExecuteNonQuery() == 1;
        });
        _changed.Set();
        return removed;
    }

    private static string NewToken() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)).TrimEnd('=').Replace('+', '-').Replace('/', '_');

    private static string SecretOwner(string name) => "store:" + name;

    private static string TokenOwner(string name) => "store-token:" + name;

    private bool Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT name, account_id, endpoint, region, path_style, access_key, secret_key, notify, token, settings, created_ms FROM attached_store";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var (name, account) = (row.GetString(0), row.GetString(1));
            var secret = _box.Open(row.GetFieldValue<byte[]>(6), SecretOwner(name));
            _stores[name] = new AttachedStore
            {
                Name = name, AccountId = account, Endpoint = new Uri(row.GetString(2)), Region = row.GetString(3), IsPathStyle = row.GetBoolean(4),
                Credential = new Credential(row.GetString(5), secret, account, account), Notify = Enum.Parse<StoreNotify>(row.GetString(7)),
                Token = _box.Open(row.GetFieldValue<byte[]>(8), TokenOwner(name)),
                Settings = JsonSerializer.Deserialize(row.GetString(9), StoreSettingsJson.Default.StoreSettings)!,
                CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(10)),
            };
        }

        return true;
    }
}
