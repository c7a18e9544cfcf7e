using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.EventLog;

namespace Glue.StorageEvents.FunctionalTests.EventLog;

public sealed class SqliteEventLogTests : EventLogContract, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private readonly SettableTime _time = new();
    private SqliteDatabase _database = null!;
    private SqliteEventLog _log = null!;

    protected override IEventLog Log => _log;

    public Task InitializeAsync()
    {
        Open();
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _database.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task RestartAsync()
    {
        await _database.DisposeAsync();
        Open();
    }

    [Fact]
    public async Task A_change_is_recorded_in_the_transaction_of_its_object_or_not_at_all()
    {
        _database.Migrate("objects", "CREATE TABLE object(key TEXT)");
        await _database.WriteAsync(write => PutObject(write, "kept"));
        _log.Recorded();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _database.WriteAsync(write =>
        {
            PutObject(write, "undone");
            throw new InvalidOperationException("the object store failed after recording");
        }));

        await using var consumer = _log.OpenConsumer("one");
        var record = Assert.Single(await consumer.ReadAsync(10, CancellationToken.None));
        Assert.Equal("photos/kept", record.Key);
        Assert.Contains("\"key\":\"kept\"", Text(record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_waiting_reader_is_woken_by_Recorded()
    {
        _database.Migrate("objects", "CREATE TABLE object(key TEXT)");
        await using var consumer = _log.OpenConsumer("one");
        var reading = consumer.ReadAsync(10, CancellationToken.None);
        await _database.WriteAsync(write => PutObject(write, "a"));
        Assert.False(reading.IsCompleted); // its safety poll is an hour
        _log.Recorded();
        Assert.Single(await reading.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Fact]
    public async Task Trimming_takes_what_is_old_and_committed_by_all_and_nothing_else()
    {
        await AppendAsync("old-1", "old-2", "old-3");
        _time.Now += TimeSpan.FromDays(8);
        await AppendAsync("new");
        var weekAgo = _time.Now - TimeSpan.FromDays(7);
        Assert.Equal(0, await _log.TrimAsync(weekAgo, CancellationToken.None)); // nobody has read anything

        await using var fast = _log.OpenConsumer("fast");
        await fast.CommitAsync(await ReadAsync(fast, 4), CancellationToken.None);
        await using var slow = _log.OpenConsumer("slow");
        await slow.CommitAsync(await ReadAsync(slow, 2), CancellationToken.None);
        Assert.Equal(2, await _log.TrimAsync(weekAgo, CancellationToken.None));

        await slow.CommitAsync(await ReadAsync(slow, 2), CancellationToken.None);
        Assert.Equal(1, await _log.TrimAsync(weekAgo, CancellationToken.None));
        await using var late = _log.OpenConsumer("late");
        Assert.Equal(["new"], (await ReadAsync(late, 1)).Select(Text));
    }

    [Fact]
    public async Task A_log_that_was_emptied_gives_new_offsets_so_that_nothing_hides_behind_the_committed_one()
    {
        await AppendAsync("a", "b");
        await using (var consumer = _log.OpenConsumer("one"))
        {
            await consumer.CommitAsync(await ReadAsync(consumer, 2), CancellationToken.None);
        }

        Assert.Equal(2, await _log.TrimAsync(_time.Now + TimeSpan.FromDays(1), CancellationToken.None));
        await RestartAsync();
        await AppendAsync("c");
        await using var again = _log.OpenConsumer("one");
        Assert.Equal(["c"], (await ReadAsync(again, 1)).Select(Text));
    }

    [Fact]
    public async Task Trimming_goes_on_until_all_that_is_old_is_gone()
    {
        await AppendAsync([.. Enumerable.Range(0, 2500).Select(i => $"{i}")]);
        await using var consumer = _log.OpenConsumer("one");
        await consumer.CommitAsync(await ReadAsync(consumer, 2500), CancellationToken.None);
        Assert.Equal(2500, await _log.TrimAsync(_time.Now + TimeSpan.FromDays(1), CancellationToken.None));
    }

    private void PutObject(SqliteWrite write, string key)
    {
        write.Prepared("INSERT INTO object VALUES($key)").With("$key", key).ExecuteNonQuery();
        _log.Record(write, new ObjectChange
        {
            EventName = "ObjectCreated:Put", Time = _time.Now, Bucket = "photos", BucketOwner = "000000000000", Key = key, Size = 1, ETag = "e",
            Sequencer = "1", PrincipalId = "p", SourceIpAddress = "::1", RequestId = "r", HostId = "h",
        });
    }

    private void Open()
    {
        _database = SqliteDatabase.Open(_folder["store.db"]);
        _log = new SqliteEventLog(_database, new StorageEventsOptions { SafetyPoll = TimeSpan.FromHours(1) }, _time);
    }
}
