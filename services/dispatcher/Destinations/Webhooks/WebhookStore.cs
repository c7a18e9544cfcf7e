using System.Collections.Concurrent;
using System.Security.Cryptography;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;

namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>The accounts' webhooks: on disk in state.db, their secrets sealed, and all of them in memory.</summary>
internal sealed class WebhookStore
{
    private static readonly string[] Schema =
    [
        """
        CREATE TABLE webhook(
          account_id TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL, secret BLOB NOT NULL,
          PRIMARY KEY(account_id, name)) WITHOUT ROWID
        """,
    ];

    private readonly SqliteDatabase _database;
    private readonly SecretBox _box;
    private readonly ConcurrentDictionary<(string Account, string Name), Webhook> _webhooks = new();

    public WebhookStore(SqliteDatabase database, SecretBox box)
    {
        (_database, _box) = (database, box);
        database.Migrate("dispatcher.webhooks", Schema);
        database.Read(Load);
    }

    public Webhook? Find(string accountId, string name) => _webhooks.GetValueOrDefault((accountId, name));

    /// <summary>By name.</summary>
    public IReadOnlyList<Webhook> Of(string accountId) =>
        [.. _webhooks.Values.Where(webhook => webhook.AccountId == accountId).OrderBy(static webhook => webhook.Name, StringComparer.Ordinal)];

    /// <summary>Adds it, or gives it another address; it keeps its secret then. Durable when it returns.</summary>
    /// <returns>And whether it is new.</returns>
    public Task<(Webhook Webhook, bool IsNew)> PutAsync(string accountId, string name, Uri url) => _database.WriteAsync(write =>
    {
        // Decided where changes are in order: of two that add it, the second finds the first.
        var existing = write.Prepared("SELECT secret FROM webhook WHERE account_id=$account AND name=$name")
            .With("$account", accountId).With("$name", name).ExecuteScalar() as byte[];
        var secret = existing is null ? "whsec_" + Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) : _box.Open(existing, Owner(accountId, name));
        var webhook = new Webhook(accountId, name, url, secret);
        write.Prepared("INSERT INTO webhook VALUES($account, $name, $url, $secret) ON CONFLICT DO UPDATE SET url=excluded.url")
            .With("$account", accountId).With("$name", name).With("$url", url.ToString())
            .With("$secret", existing ?? _box.Seal(secret, Owner(accountId, name))).ExecuteNonQuery();
        write.WhenCommitted(() => _webhooks[(accountId, name)] = webhook);
        return (webhook, existing is null);
    });

    /// <returns>False: there was none.</returns>
    public Task<bool> RemoveAsync(string accountId, string name) => _database.WriteAsync(write =>
    {
        write.WhenCommitted(() => _webhooks.TryRemove((accountId, name), out _));
        return write.Prepared("DELETE FROM webhook WHERE account_id=$account AND name=$name")
            .With("$account", accountId).With("$name", name).ExecuteNonQuery() == 1;
    });

    private static string Owner(string accountId, string name) => $"webhook:{accountId}:{name}";

    private bool Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT account_id, name, url, secret FROM webhook";
        using var row = command.ExecuteReader();
        while (row.Read())
        {
            var (account, name) = (row.GetString(0), row.GetString(1));
            _webhooks[(account, name)] = new Webhook(
                account, name, new Uri(row.GetString(2)), _box.Open(row.GetFieldValue<byte[]>(3), Owner(account, name)));
        }

        return true;
    }
}
