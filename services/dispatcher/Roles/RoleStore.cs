using Glue.Foundation.Policies;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Roles;

/// <summary>The accounts' role policies: on disk in state.db, and all of them in memory, which follows each commit in order.</summary>
internal sealed class RoleStore : IRolePolicies
{
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE role_policy(
          account_id TEXT NOT NULL, name TEXT NOT NULL, document TEXT NOT NULL, changed_ms INTEGER NOT NULL,
          PRIMARY KEY(account_id, name)) WITHOUT ROWID
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly TimeProvider _time;

    /// <summary>By account, then name. Replaced as a whole: readers need no lock, and changes are rare.</summary>
    private volatile Dictionary<string, Dictionary<string, RolePolicy>> _byAccount = new(StringComparer.Ordinal);

    public RoleStore(SqliteDatabase database, TimeProvider time)
    {
        (_database, _time) = (database, time);
        database.Migrate("dispatcher.roles", Schema);
        _byAccount = database.Read(Load);
    }

    AccessPolicy? IRolePolicies.Find(string accountId, string roleArn) =>
        _byAccount.TryGetValue(accountId, out var roles)
        && roles.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(roleArn.AsSpan(roleArn.LastIndexOf('/') + 1), out var role)
            ? role.Policy
            : null;

    /// <returns>Null when there is none of that name.</returns>
    public RolePolicy? Find(string accountId, string name) => _byAccount.GetValueOrDefault(accountId)?.GetValueOrDefault(name);

    /// <summary>By name.</summary>
    public IReadOnlyList<RolePolicy> Of(string accountId) =>
        _byAccount.TryGetValue(accountId, out var roles) ? [.. roles.Values.OrderBy(static role => role.Name, StringComparer.Ordinal)] : [];

    /// <summary>Durable, and in force for every sandbox, when it returns.</summary>
    public Task<RolePolicy> PutAsync(string accountId, string name, string document, AccessPolicy policy)
    {
        var role = new RolePolicy(name, document, policy, _time.GetUtcNow());
        return _database.WriteAsync(write =>
        {
            write.Prepared(
                "INSERT INTO role_policy VALUES($account, $name, $document, $changed) "
                + "ON CONFLICT DO UPDATE SET document=excluded.document, changed_ms=excluded.changed_ms")
                .With("$account", accountId).With("$name", name).With("$document", document)
                .With("$changed", role.ChangedAt.ToUnixTimeMilliseconds()).ExecuteNonQuery();
            write.WhenCommitted(() => Change(accountId, roles => roles[name] = role));
            return role;
        });
    }

    /// <returns>False: there was none.</returns>
    public Task<bool> RemoveAsync(string accountId, string name) => _database.WriteAsync(write =>
    {
        write.WhenCommitted(() => Change(accountId, roles => roles.Remove(name)));
        return write.Prepared("DELETE FROM role_policy WHERE account_id=$account AND name=$name")
            .With("$account", accountId).With("$name", name).ExecuteNonQuery() == 1;
    });

    /// <summary>On the writer's thread alone.</summary>
    private void Change(string accountId, Action<Dictionary<string, RolePolicy>> change)
    {
        var roles = new Dictionary<string, RolePolicy>(_byAccount.GetValueOrDefault(accountId) ?? [], StringComparer.Ordinal);
        change(roles);
        _byAccount = new Dictionary<string, Dictionary<string, RolePolicy>>(_byAccount, StringComparer.Ordinal) { [accountId] = roles };
    }

    private static Dictionary<string, Dictionary<string, RolePolicy>> Load(SqliteConnection connection)
    {
        var all = new Dictionary<string, Dictionary<string, RolePolicy>>(StringComparer.Ordinal);
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT account_id, name, document, changed_ms FROM role_policy";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var (account, name, document) = (row.GetString(0), row.GetString(1), row.GetString(2));
            if (!all.TryGetValue(account, out var roles))
            {
                all[account] = roles = new Dictionary<string, RolePolicy>(StringComparer.Ordinal);
            }

            roles[name] = new RolePolicy(
                name, document, Read(document), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(3)));
        }

        return all;
    }

    /// <summary>One that was taken before more was refused allows nothing until it is put again: what it was to deny is not known.</summary>
    private static AccessPolicy Read(string document)
    {
        try
        {
            return AccessPolicy.Parse(document, PolicyDialect.OfRole);
        }
        catch (PolicyFormatException)
        {
            return AccessPolicy.Nothing; // who puts it again is told what is wrong
        }
    }
}
