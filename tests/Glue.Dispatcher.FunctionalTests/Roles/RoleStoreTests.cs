using Glue.Dispatcher.Roles;
using Glue.Foundation.Policies;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.FunctionalTests.Roles;

/// <summary>Role policies over restarts.</summary>
public sealed class RoleStoreTests
{
    [Fact]
    public async Task A_stored_policy_that_would_be_refused_today_allows_nothing_and_the_others_hold()
    {
        const string Account = "000000000000";
        const string Good = """{"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}""";
        const string Refused = """{"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}, {"Effect": "Deny", "Action": "*:Delete*", "Resource": "*"}]}""";
        using var folder = new TempFolder();
        await using (var database = SqliteDatabase.Open(folder["state.db"]))
        {
            var before = new RoleStore(database, TimeProvider.System);
            await before.PutAsync(Account, "good", Good, AccessPolicy.Nothing);
            await before.PutAsync(Account, "refused", Refused, AccessPolicy.Nothing);
        }

        await using var reopened = SqliteDatabase.Open(folder["state.db"]);
        var roles = new RoleStore(reopened, TimeProvider.System);

        Assert.Equal(PolicyEffect.Allow, Decide(roles.Find(Account, "good")!));
        Assert.Equal(PolicyEffect.None, Decide(roles.Find(Account, "refused")!));
        Assert.Equal(Refused, roles.Find(Account, "refused")!.Document);
    }

    private static PolicyEffect Decide(RolePolicy role) => role.Policy.Decide(new PolicyQuestion("000000000000", "s3:GetObject", "b/k", new NoContext()));

    private sealed class NoContext : IPolicyContext
    {
        public System.Net.IPAddress? Address => null;

        public string? Value(string key) => null;
    }
}
