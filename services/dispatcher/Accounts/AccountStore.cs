using System.Collections.Concurrent;
using System.Security.Cryptography;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Accounts;

/// <summary>All accounts and their keys: on disk in state.db, and all of them in memory, which follows each commit in order.</summary>
internal sealed class AccountStore : IAccountKeys
{
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE account(
          id TEXT PRIMARY KEY,
          name TEXT NOT NULL UNIQUE,
          weight REAL NOT NULL,
          concurrency INTEGER,
          queue_length INTEGER,
          queue_age_s INTEGER,
          created_ms INTEGER NOT NULL) WITHOUT ROWID;
        CREATE TABLE account_key(
          id TEXT PRIMARY KEY,
          account_id TEXT NOT NULL REFERENCES account(id),
          secret BLOB NOT NULL,
          created_ms INTEGER NOT NULL) WITHOUT ROWID;
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly SecretBox _box;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, Account> _accounts = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, AccountKey> _keys = new(StringComparer.Ordinal);

    private Action<string> _changed = static _ => { };

    /// <exception cref="InvalidDataException">Secrets were sealed under another key file.</exception>
    public AccountStore(SqliteDatabase database, SecretBox box, TimeProvider time)
    {
        (_database, _box, _time) = (database, box, time);
        database.Migrate("dispatcher.accounts", Schema);
        database.Read(Load);
        if (!_accounts.ContainsKey(Account.Installation))
        {
            // Start-up only, on the composing thread.
            AddAsync(new Account { Id = Account.Installation, Name = "default", CreatedAt = time.GetUtcNow() }).GetAwaiter().GetResult();
        }
    }

    /// <summary>Calls <paramref name="tell"/> with the id when an account's limits were changed; memory shows it already. At composing only.</summary>
    public void WhenChanged(Action<string> tell) => _changed += tell;

    /// <summary>By id.</summary>
    public IReadOnlyList<Account> All => [.. _accounts.Values.OrderBy(static account => account.Id, StringComparer.Ordinal)];

    Credential? IAccountKeys.Find(string accessKeyId) => _keys.GetValueOrDefault(accessKeyId)?.Credential;

    /// <returns>Null when there is none of that id.</returns>
    public Account? Find(string id) => _accounts.GetValueOrDefault(id);

    /// <returns>Null when there is none of that id or name.</returns>
    public Account? FindByIdOrName(string text) => Find(text) ?? _accounts.Values.FirstOrDefault(account => account.Name == text);

    /// <summary>Keys of an account, oldest first.</summary>
    public IReadOnlyList<AccountKey> KeysOf(string accountId) =>
        [.. _keys.Values.Where(key => key.Credential.AccountId == accountId).OrderBy(static key => key.CreatedAt)];

    /// <summary>12 random digits that nobody has.</summary>
    public string NewId()
    {
        string id;
        do
        {
            id = RandomNumberGenerator.GetString("0123456789", 12);
        }
        while (_accounts.ContainsKey(id));
        return id;
    }

    /// <summary>Durable, and seen by everybody, when it returns.</summary>
    /// <returns>False: its id or name is taken.</returns>
    public Task<bool> AddAsync(Account account) => _database.WriteAsync(write =>
    {
        var added = write.Prepared("INSERT INTO account VALUES($id, $name, $weight, $concurrency, $length, $age, $created) ON CONFLICT DO NOTHING")
            .With("$id", account.Id).With("$name", account.Name).With("$weight", account.Weight).With("$concurrency", account.Concurrency)
            .With("$length", account.QueueLength).With("$age", (long?)account.QueueAge?.TotalSeconds)
            .With("$created", account.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery() == 1;
        if (added)
        {
            write.WhenCommitted(() => _accounts[account.Id] = account);
        }

        return added;
    });

    /// <summary>Changes an account as it is at that moment. Durable and in force when it returns.</summary>
    /// <param name="id">Whose.</param>
    /// <param name="change">Gets the account and returns what it becomes, or throws and nothing changes.</param>
    /// <returns>Null: it was removed meanwhile.</returns>
    public async Task<Account?> ChangeAsync(string id, Func<Account, Account> change)
    {
        var changed = await _database.WriteAsync(write =>
        {
            if (Read(write, id) is not { } before)
            {
                return null;
            }

            var account = change(before);
            write.Prepared("UPDATE account SET weight=$weight, concurrency=$concurrency, queue_length=$length, queue_age_s=$age WHERE id=$id")
                .With("$weight", account.Weight).With("$concurrency", account.Concurrency).With("$length", account.QueueLength)
                .With("$age", (long?)account.QueueAge?.TotalSeconds).With("$id", id).ExecuteNonQuery();
            write.WhenCommitted(() => _accounts[id] = account);
            return account;
        });
        _changed(id);
        return changed;
    }

    /// <summary>Removes an account; none of its keys opens anything when this returns.</summary>
    /// <returns>False: there was none.</returns>
    public async Task<bool> RemoveAsync(string id)
    {
        var removed = await _database.WriteAsync(write =>
        {
            write.Prepared("DELETE FROM account_key WHERE account_id=$id").With("$id", id).ExecuteNonQuery();
            write.WhenCommitted(() =>
            {
                foreach (var key in KeysOf(id))
                {
                    _keys.TryRemove(key.Credential.AccessKeyId, out _);
                }

                _accounts.TryRemove(id, out _);
            });
            return write.Prepared("DELETE FROM account WHERE id=$id").With("$id", id).ExecuteNonQuery() == 1;
        });
        _changed(id);
        return removed;
    }

    /// <summary>Makes a key pair; it is honoured when this returns.</summary>
    /// <returns>Null: there is no such account (any more).</returns>
    public Task<AccountKey?> AddKeyAsync(string accountId)
    {
        var credential = new Credential(AccessKeys.NewId(), AccessKeys.NewSecret(), accountId, accountId);
        var key = new AccountKey(credential, _time.GetUtcNow());
        return _database.WriteAsync(write =>
        {
            var added = write.Prepared("INSERT INTO account_key SELECT $id, id, $secret, $created FROM account WHERE id=$account")
                .With("$id", credential.AccessKeyId).With("$account", accountId)
                .With("$secret", _box.Seal(credential.SecretAccessKey, credential.AccessKeyId))
                .With("$created", key.CreatedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery() == 1;
            if (!added)
            {
                return null;
            }

            write.WhenCommitted(() => _keys[credential.AccessKeyId] = key);
            return key;
        });
    }

    /// <summary>A removed key opens nothing when this returns.</summary>
    /// <returns>False: the account has no such key.</returns>
    public Task<bool> RemoveKeyAsync(string accountId, string accessKeyId) => _database.WriteAsync(write =>
    {
        var removed = write.Prepared("DELETE FROM account_key WHERE id=$id AND account_id=$account")
            .With("$id", accessKeyId).With("$account", accountId).ExecuteNonQuery() == 1;
        if (removed)
        {
            write.WhenCommitted(() => _keys.TryRemove(accessKeyId, out _));
        }

        return removed;
    });

    private static Account? Read(SqliteWrite write, string id)
    {
        using var row = write.Prepared("SELECT id, name, weight, concurrency, queue_length, queue_age_s, created_ms FROM account WHERE id=$id")
            .With("$id", id).ExecuteReader();
        return row.Read() ? Read(row) : null;
    }

    private static Account Read(SqliteDataReader row) => new()
    {
        Id = row.GetString(0),
        Name = row.GetString(1),
        Weight = row.GetDouble(2),
        Concurrency = row.IsDBNull(3) ? null : row.GetInt32(3),
        QueueLength = row.IsDBNull(4) ? null : row.GetInt32(4),
        QueueAge = row.IsDBNull(5) ? null : TimeSpan.FromSeconds(row.GetInt64(5)),
        CreatedAt = DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(6)),
    };

    private bool Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, name, weight, concurrency, queue_length, queue_age_s, created_ms FROM account";
        using (var row = command.ExecuteReader())
        {
            while (row.Read())
            {
                var account = Read(row);
                _accounts[account.Id] = account;
            }
        }

        command.CommandText = "SELECT id, account_id, secret, created_ms FROM account_key";
        using var key = command.ExecuteReader();
        while (key.Read())
        {
            var (id, account) = (key.GetString(0), key.GetString(1));
            var secret = _box.Open(key.GetFieldValue<byte[]>(2), id);
            _keys[id] = new AccountKey(new Credential(id, secret, account, account), DateTimeOffset.FromUnixTimeMilliseconds(key.GetInt64(3)));
        }

        return true;
    }
}
