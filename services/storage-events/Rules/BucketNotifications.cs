using System.Collections.Concurrent;
using System.Text.Json;
using Glue.Contracts.Storage;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.Rules;

/// <summary>
/// The rules of all buckets: kept in SQLite, held in memory for matching. A configuration is put as a whole, as S3's
/// PutBucketNotificationConfiguration does, and holds for the next record that is read.
/// </summary>
public sealed class BucketNotifications : IDisposable
{
    private const string Tables = """
        CREATE TABLE bucket_notification(bucket TEXT PRIMARY KEY, account TEXT NOT NULL, configuration TEXT NOT NULL) WITHOUT ROWID;
        """;

    private readonly SqliteDatabase _database;
    private readonly RuleValidation _validation;
    private readonly TimeProvider _time;
    private readonly ILogger<BucketNotifications> _logger;
    private readonly ConcurrentDictionary<string, RuleSet> _byBucket = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _oneChange = new(1, 1); // memory takes changes in the order the disk does
    private readonly Signal _changed = new();

    public BucketNotifications(SqliteDatabase database, IFunctionDirectory functions, TimeProvider time, ILogger<BucketNotifications> logger)
    {
        ArgumentNullException.ThrowIfNull(database);
        _database = database;
        _validation = new RuleValidation(functions);
        _time = time;
        _logger = logger;
        database.Migrate("bucket-rules", Tables);
        database.Read(Load);
    }

    /// <summary>Completes when the rules of some bucket have changed. Take it before looking, then nothing is missed in between.</summary>
    public Task NextChange => _changed.Next;

    /// <returns><see cref="BucketNotificationConfiguration.Empty"/> when the bucket notifies nobody.</returns>
    public Task<BucketNotificationConfiguration> GetAsync(string accountId, string bucket, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(RulesOf(bucket) is { } rules && rules.AccountId == accountId
            ? rules.Configuration
            : BucketNotificationConfiguration.Empty);
    }

    /// <summary>Replaces the bucket's configuration; an empty one ends its notifications. Durable when it returns.</summary>
    /// <exception cref="NotificationRefusedException">S3 would refuse it too; nothing changed.</exception>
    public async Task PutAsync(
        string accountId, string bucket, BucketNotificationConfiguration configuration, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        configuration = KeepWhatWas(accountId, bucket, configuration);
        _validation.Check(accountId, bucket, configuration);
        if (configuration.Rules.Count == 0)
        {
            await RemoveAsync(bucket, cancellationToken);
        }
        else
        {
            await ReplaceAsync(bucket, new RuleSet(accountId, configuration), cancellationToken);
        }

        Log.RulesPut(_logger, bucket, accountId, configuration.Rules.Count);
    }

    /// <summary>The bucket is gone, and its rules with it: a later bucket of that name begins without any.</summary>
    public Task BucketDeletedAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
        RulesOf(bucket) is { } rules && rules.AccountId == accountId ? RemoveAsync(bucket, cancellationToken) : Task.CompletedTask;

    /// <summary>The rules of an attached store's buckets, by the bucket's own name.</summary>
    public IReadOnlyDictionary<string, BucketNotificationConfiguration> OfStore(string store) => _byBucket
        .Select(static one => (Address: BucketAddress.Parse(one.Key), one.Value))
        .Where(one => one.Address.Store == store)
        .ToDictionary(static one => one.Address.Bucket, static one => one.Value.Configuration, StringComparer.Ordinal);

    /// <summary>For matching: null when the bucket has no rules.</summary>
    internal RuleSet? RulesOf(string bucket) => _byBucket.GetValueOrDefault(bucket);

    /// <summary>Those that have rules, with the account that put them.</summary>
    internal IReadOnlyList<(string Bucket, string Account)> Buckets => [.. _byBucket.Select(static one => (one.Key, one.Value.AccountId))];

    public void Dispose() => _oneChange.Dispose();

    /// <summary>
    /// A whole configuration is put to change one rule in it: a rule that comes back unchanged keeps its age, and the consent to recursion that it
    /// was once put with, whether or not the header comes with it again.
    /// </summary>
    private BucketNotificationConfiguration KeepWhatWas(string accountId, string bucket, BucketNotificationConfiguration configuration)
    {
        var before = RulesOf(bucket) is { } rules && rules.AccountId == accountId ? rules.Configuration.Rules : [];
        var now = _time.GetUtcNow();
        return new BucketNotificationConfiguration([.. configuration.Rules.Select(rule => before.FirstOrDefault(old => IsSame(old, rule)) is { } same
            ? rule with { AllowsRecursion = rule.AllowsRecursion || same.AllowsRecursion, AddedAt = same.AddedAt }
            : rule with { AddedAt = now })]);
    }

    private static bool IsSame(BucketRule old, BucketRule rule) =>
        old.Id == rule.Id && old.FunctionArn == rule.FunctionArn && old.Prefix == rule.Prefix && old.Suffix == rule.Suffix
        && old.Events.SequenceEqual(rule.Events, StringComparer.Ordinal);

    private Task ReplaceAsync(string bucket, RuleSet rules, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.Serialize(rules.Configuration, RulesJson.Default.BucketNotificationConfiguration);
        return ChangeAsync(
            write => write.Prepared(
                "INSERT INTO bucket_notification(bucket,account,configuration) VALUES($bucket,$account,$configuration) "
                + "ON CONFLICT DO UPDATE SET account=$account, configuration=$configuration")
                .With("$bucket", bucket).With("$account", rules.AccountId).With("$configuration", json).ExecuteNonQuery(),
            () => _byBucket[bucket] = rules,
            cancellationToken);
    }

    private Task RemoveAsync(string bucket, CancellationToken cancellationToken) => ChangeAsync(
        write => write.Prepared("DELETE FROM bucket_notification WHERE bucket=$bucket").With("$bucket", bucket).ExecuteNonQuery(),
        () => _byBucket.TryRemove(bucket, out _),
        cancellationToken);

    private async Task ChangeAsync(Action<SqliteWrite> onDisk, Action inMemory, CancellationToken cancellationToken)
    {
        await _oneChange.WaitAsync(cancellationToken);
        try
        {
            await _database.WriteAsync(onDisk, cancellationToken);
            inMemory();
        }
        finally
        {
            _oneChange.Release();
        }

        _changed.Set();
    }

    private bool Load(SqliteConnection connection)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT bucket,account,configuration FROM bucket_notification";
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var configuration = JsonSerializer.Deserialize(reader.GetString(2), RulesJson.Default.BucketNotificationConfiguration)!;
            _byBucket[reader.GetString(0)] = new RuleSet(reader.GetString(1), configuration);
        }

        return true;
    }
}
