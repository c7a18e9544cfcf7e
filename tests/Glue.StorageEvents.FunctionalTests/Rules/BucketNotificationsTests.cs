using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.Rules;
using Glue.StorageEvents.Tests.Rules;
using Microsoft.Extensions.Logging.Abstractions;
using static Glue.StorageEvents.Tests.Rules.Configurations;

namespace Glue.StorageEvents.FunctionalTests.Rules;

public sealed class BucketNotificationsTests : IAsyncLifetime
{
    private const string Account = "000000000000";

    private readonly TempFolder _folder = new();
    private readonly FakeFunctions _functions = new();
    private readonly SettableTime _time = new();
    private SqliteDatabase _database = null!;
    private BucketNotifications _notifications = null!;

    public Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task What_was_put_is_got_also_after_a_restart()
    {
        var configuration = Of(Rule("a", "in/ü ", ".jpg", "s3:ObjectCreated:Put s3:ObjectRemoved:*"), Rule("b", "out/") with { AllowsRecursion = true });
        await PutAsync(configuration);
        AssertSame(configuration, await GetAsync());
        await RestartAsync();
        AssertSame(configuration, await GetAsync());
    }

    [Fact]
    public async Task Putting_replaces_the_whole_and_putting_nothing_ends_it()
    {
        await PutAsync(Of(Rule("a")));
        await PutAsync(Of(Rule("b")));
        Assert.Equal("b", Assert.Single((await GetAsync()).Rules).Id);
        await PutAsync(BucketNotificationConfiguration.Empty);
        await RestartAsync();
        Assert.Empty((await GetAsync()).Rules);
    }

    [Fact]
    public async Task An_unchanged_rule_keeps_its_consent_to_recursion_and_a_changed_one_must_ask_again()
    {
        _functions.Add(FakeFunctions.Thumbnail, environment: ("OUTPUT_PREFIX", "in/"));
        await PutAsync(Of(Rule("a", "in/") with { AllowsRecursion = true }));
        await PutAsync(Of(Rule("a", "in/"), Rule("b", "elsewhere/")));
        Assert.True((await GetAsync()).Rules[0].AllowsRecursion);
        Assert.False((await GetAsync()).Rules[1].AllowsRecursion);
        await Assert.ThrowsAsync<NotificationRefusedException>(() => PutAsync(Of(Rule("a", "in/", ".jpg"))));
    }

    [Fact]
    public async Task A_refused_configuration_changes_nothing()
    {
        await PutAsync(Of(Rule("kept")));
        await Assert.ThrowsAsync<NotificationRefusedException>(() => PutAsync(Of(Rule("a"), Rule("a"))));
        Assert.Equal("kept", Assert.Single((await GetAsync()).Rules).Id);
    }

    [Fact]
    public async Task Rules_go_with_their_bucket_and_are_seen_by_their_account_alone()
    {
        await PutAsync(Of(Rule("a")));
        Assert.Empty((await _notifications.GetAsync("111111111111", "photos", CancellationToken.None)).Rules);
        await _notifications.BucketDeletedAsync(Account, "photos", CancellationToken.None);
        await RestartAsync();
        Assert.Empty((await GetAsync()).Rules);
    }

    [Fact]
    public async Task A_rule_outlives_its_function()
    {
        await PutAsync(Of(Rule("a")));
        await CloseAsync();
        _database = SqliteDatabase.Open(_folder["state.db"]);
        _notifications = new BucketNotifications(_database, new NoFunctions(), TimeProvider.System, NullLogger<BucketNotifications>.Instance);
        Assert.Single((await GetAsync()).Rules);
    }

    [Fact]
    public async Task A_rule_that_is_put_again_unchanged_keeps_its_age_and_a_changed_one_is_new()
    {
        var first = _time.Now;
        await PutAsync(Of(Rule("a", "in/"), Rule("b", "out/")));
        _time.Now += TimeSpan.FromHours(1);
        await PutAsync(Of(Rule("a", "in/"), Rule("b", "elsewhere/")));
        await RestartAsync();

        Assert.Equal([("a", first), ("b", _time.Now)], (await GetAsync()).Rules.Select(static rule => (rule.Id, rule.AddedAt!.Value)));
    }

    /// <summary>The persisted form. Rename a member and the rules of existing installations are gone.</summary>
    [Fact]
    public async Task The_form_on_disk_is_frozen()
    {
        await PutAsync(Of(Rule("a", "in/", ".jpg") with { AllowsRecursion = true }));
        var json = _database.Read(connection =>
        {
            using var command = connection.CreateCommand();
            command.CommandText = "SELECT configuration FROM bucket_notification WHERE bucket='photos' AND account='000000000000'";
            return (string)command.ExecuteScalar()!;
        });
        Assert.Equal(
            """{"rules":[{"id":"a","functionArn":"arn:aws:lambda:us-east-1:000000000000:function:thumbnail","events":["s3:ObjectCreated:*"],"prefix":"in/","suffix":".jpg","allowsRecursion":true,"addedAt":"2026-11-21T12:00:00+00:00"}]}""",
            json);
    }

    private static void AssertSame(BucketNotificationConfiguration expected, BucketNotificationConfiguration actual) =>
        Assert.Equal(expected.Rules.Select(Show), actual.Rules.Select(Show));

    private static string Show(BucketRule rule) =>
        $"{rule.Id} {rule.FunctionArn} {string.Join(',', rule.Events)} '{rule.Prefix}' '{rule.Suffix}' {rule.AllowsRecursion}";

    private Task PutAsync(BucketNotificationConfiguration configuration) =>
        _notifications.PutAsync(Account, "photos", configuration, CancellationToken.None);

    private Task<BucketNotificationConfiguration> GetAsync() => _notifications.GetAsync(Account, "photos", CancellationToken.None);

    private async Task RestartAsync()
    {
        await CloseAsync();
        Open();
    }

    private void Open()
    {
        _database = SqliteDatabase.Open(_folder["state.db"]);
        _notifications = new BucketNotifications(_database, _functions, _time, NullLogger<BucketNotifications>.Instance);
    }

    private async Task CloseAsync()
    {
        _notifications.Dispose();
        await _database.DisposeAsync();
    }

    private sealed class NoFunctions : IFunctionDirectory
    {
        public FunctionTarget? Find(string functionArn) => null;

        public bool AllowsS3(string functionArn, string bucketArn, string bucketAccount) => false;
    }
}
