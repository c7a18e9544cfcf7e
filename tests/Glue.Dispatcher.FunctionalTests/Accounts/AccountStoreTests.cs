using Glue.Foundation.Signing;
using System.Text;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.FunctionalTests.Accounts;

/// <summary>Accounts and keys on disk.</summary>
public sealed class AccountStoreTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Accounts_limits_and_keys_are_there_after_a_restart_and_a_removed_key_is_not()
    {
        AccountKey kept, removed;
        await using (var state = SqliteDatabase.Open(_folder["state.db"]))
        {
            var store = Open(state);
            Assert.Equal(Account.Installation, Assert.Single(store.All).Id);
            Assert.True(await store.AddAsync(new Account { Id = "111111111111", Name = "ann", CreatedAt = DateTimeOffset.UnixEpoch }));
            Assert.False(await store.AddAsync(new Account { Id = "222222222222", Name = "ann", CreatedAt = DateTimeOffset.UnixEpoch }));
            (kept, removed) = ((await store.AddKeyAsync("111111111111"))!, (await store.AddKeyAsync("111111111111"))!);
            Assert.False(await store.RemoveKeyAsync(Account.Installation, removed.Credential.AccessKeyId));
            Assert.True(await store.RemoveKeyAsync("111111111111", removed.Credential.AccessKeyId));
            await store.ChangeAsync("111111111111", account => account with
            {
                Weight = 2.5, Concurrency = 0, QueueLength = 7, QueueAge = TimeSpan.FromMinutes(3),
            });
        }

        await using var again = SqliteDatabase.Open(_folder["state.db"]);
        var read = Open(again);
        var ann = read.FindByIdOrName("ann")!;
        Assert.Equal(("111111111111", 2.5, 0, 7, TimeSpan.FromMinutes(3)), (ann.Id, ann.Weight, ann.Concurrency, ann.QueueLength, ann.QueueAge));
        Assert.Equal(kept.Credential, ((IAccountKeys)read).Find(kept.Credential.AccessKeyId));
        Assert.Null(((IAccountKeys)read).Find(removed.Credential.AccessKeyId));
    }

    [Fact]
    public async Task The_database_alone_gives_no_secret_away_and_another_key_file_is_told()
    {
        AccountKey key;
        await using (var state = SqliteDatabase.Open(_folder["state.db"]))
        {
            key = (await Open(state).AddKeyAsync(Account.Installation))!;
        }

        foreach (var file in Directory.GetFiles(_folder.Path, "state.db*"))
        {
            Assert.DoesNotContain(key.Credential.SecretAccessKey, Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file)), StringComparison.Ordinal);
        }

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(_folder["secrets.key"]));
        File.Delete(_folder["secrets.key"]);
        await using var again = SqliteDatabase.Open(_folder["state.db"]);
        Assert.Contains("Restore both from the same backup", Assert.Throws<InvalidDataException>(() => Open(again)).Message, StringComparison.Ordinal);
    }

    private AccountStore Open(SqliteDatabase state) => new(state, new SecretBox(_folder["secrets.key"]), TimeProvider.System);
}
