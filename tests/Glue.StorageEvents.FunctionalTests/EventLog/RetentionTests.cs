using Glue.Foundation.Sqlite;
using Glue.StorageEvents.FunctionalTests.Intake;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Tests;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.StorageEvents.FunctionalTests.EventLog;

public sealed class RetentionTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SettableTime _time = new();
    private readonly RecordingIntake _intake = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Handled_records_are_kept_seven_days_and_those_put_aside_too()
    {
        await using (var first = await StartAsync())
        {
            await first.RecordAsync(Changes.Put("a"), Changes.Put("b"));
            await first.AppendAsync("not an event");
            await UntilAsync(() => first.Rejected.Newest(1).Count == 1);
        }

        _time.Now += TimeSpan.FromDays(7);
        await using (var onTheDay = await StartAsync())
        {
            await onTheDay.RecordAsync(Changes.Put("c"));
            Assert.Equal(4, Count(onTheDay));
        }

        _time.Now += TimeSpan.FromMinutes(1);
        await using var after = await StartAsync();
        await UntilAsync(() => Count(after) == 1 && after.Rejected.Newest(1).Count == 0);
    }

    [Fact]
    public async Task What_waited_in_the_log_first_has_its_days_from_when_it_was_put_aside()
    {
        await using var database = SqliteDatabase.Open(_folder["aside.db"]);
        var rejected = new SqliteRejectedRecords(database, _time);
        var taken = _time.Now;
        _time.Now += TimeSpan.FromDays(6);
        var aside = _time.Now;
        await rejected.AddAsync([new RejectedRecord(1, taken, "k", "why", "x"u8.ToArray())], default);

        Assert.Equal(0, await rejected.TrimAsync(aside, default));
        Assert.Equal(taken, rejected.Newest(1).Single().Time);
        Assert.Equal(1, await rejected.TrimAsync(aside.AddMilliseconds(1), default));
    }

    [Fact]
    public async Task What_an_earlier_version_put_aside_stays_its_days_from_the_upgrade()
    {
        await using var database = SqliteDatabase.Open(_folder["aside.db"]);
        database.Migrate(
            "rejected-records",
            "CREATE TABLE rejected_record(offset INTEGER PRIMARY KEY, time INTEGER NOT NULL, key TEXT NOT NULL, reason TEXT NOT NULL, value BLOB NOT NULL);");
        await database.WriteAsync(write => write.Prepared("INSERT INTO rejected_record VALUES(1,0,'k','why',x'00')").ExecuteNonQuery());
        var upgrade = DateTimeOffset.FromUnixTimeSeconds(TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());

        var rejected = new SqliteRejectedRecords(database, TimeProvider.System);

        Assert.Equal(0, await rejected.TrimAsync(upgrade, default));
        Assert.Single(rejected.Newest(1));
    }

    private Task<StorageEventsUnderTest> StartAsync() => StorageEventsUnderTest.StartAsync(
        _folder, _intake, change: services => services.Replace(ServiceDescriptor.Singleton<TimeProvider>(_time)));

    private static long Count(StorageEventsUnderTest storageEvents) => storageEvents.Store.Read(connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT count(*) FROM event_log";
        return (long)command.ExecuteScalar()!;
    });

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!condition())
        {
            await Task.Delay(5, limit.Token);
        }
    }
}
