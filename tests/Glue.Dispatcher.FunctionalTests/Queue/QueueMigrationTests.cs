using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;
using Glue.TestKit;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>A queue.db of the time before queue and ledger became one row.</summary>
public sealed class QueueMigrationTests
{
    private const string Former =
        """
        INSERT INTO ledger(seq, id, account_id, function_name, source_kind, bucket, object_key, lineage_depth, accepted_ms, enqueued_ms, state, attempts)
        VALUES(1, 'done', '0', 'f', 's3', 'b', 'k', 0, 10, 11, 1, 1), (2, 'dead', '0', 'f', 'api', NULL, NULL, 0, 10, 11, 2, 3),
              (3, 'failed', '0', 'f', 's3', 'b', 'k', 0, 10, 11, 0, 1), (4, 'next', '0', 'f', 's3', 'b', 'k', 0, 10, 11, 0, 0),
              (5, 'held', '0', 'f', 's3', 'b', 'k', 0, 10, 11, 0, 0), (6, 'other', '1', 'g', 'api', NULL, NULL, 0, 10, 11, 0, 0);
        INSERT INTO queue_entry(seq, account_id, function_name, order_key, state, due_ms, retrying, function_errors, postponements)
        VALUES(3, '0', 'f', 'b/k', 0, 500, 1, 1, 0), (4, '0', 'f', 'b/k', 0, 11, 0, 0, 2), (5, '0', 'f', 'b/k', 2, 11, 0, 0, 0), (6, '1', 'g', NULL, 0, 11, 0, 0, 0);
        INSERT INTO queue_event(seq, payload) VALUES(2, x'223222'), (3, x'223322'), (4, x'223422'), (5, x'223522'), (6, x'223622');
        """;

    [Fact]
    public async Task Keeps_every_state_order_and_event()
    {
        using var folder = new TempFolder();
        await using var database = SqliteDatabase.Open(folder["queue.db"]);
        database.Migrate("dispatcher.queue", [.. QueueSchema.Steps[..3], Former]);
        await database.WriteAsync(static write => write.Prepared("UPDATE schema_version SET version=3").ExecuteNonQuery());

        var disk = new SqliteQueueDisk(database);
        var ledger = new SqliteLedger(database, static () => new Dictionary<long, long>());
        Assert.Equal([new FunctionKey("0", "f"), new FunctionKey("1", "g")], disk.Functions());
        Assert.Equal(
            [("held", InvocationState.Queued), ("next", InvocationState.Queued), ("failed", InvocationState.Failed), ("dead", InvocationState.Dead), ("done", InvocationState.Succeeded)],
            ledger.List(new LedgerQuery { AccountId = "0" }).Select(static entry => (entry.Id, entry.State)));
        Assert.Equal(["held", "next", "failed", "done"], ledger.List(new LedgerQuery { AccountId = "0", Bucket = "b", ObjectKey = "k" }).Select(static entry => entry.Id));
        Assert.Equal("\"2\""u8.ToArray(), ledger.FindEvent("0", "dead"));

        var heads = await disk.WriteAsync(static change => change.ReadyHeads(new FunctionKey("0", "f"), QueuePlace.First, 10), default);
        Assert.Equal([new QueueHead(4, 11, "b/k", 0, 2), new QueueHead(3, 500, "b/k", 1, 0)], heads);
        Assert.Equal(["next", "failed"], disk.Read([4, 3]).Select(static invocation => invocation.Id));

        var next = await disk.WriteAsync(
            change => change.Settle(new FunctionKey("0", "f"), heads[0], Settlement.Done(new Lease(4, 1), new AttemptReport(default, default, FakeWorker.Succeeded([]))), 20),
            default);
        Assert.Equal([new QueueHead(5, 20, "b/k", 0, 0)], next.Ready);
        var added = await disk.WriteAsync(static change => change.Add(New("done"), 30), default);
        Assert.False(added.IsNew);
        added = await disk.WriteAsync(static change => change.Add(New("new"), 30), default);
        Assert.Equal(new AddedEntry(IsNew: true, 8, IsReady: false), added); // behind 'held', and 7 was taken back with the repeat
        added = await disk.WriteAsync(static change => change.Add(New("live") with { Qualifier = "live" }, 30), default);
        Assert.Equal(new AddedEntry(IsNew: true, 9, IsReady: true), added); // a queue of its own
        Assert.Equal([new FunctionKey("0", "f"), new FunctionKey("1", "g"), new FunctionKey("0", "f", "live")], disk.Functions());
    }

    private static Invocation New(string id) => new()
    {
        Id = id, AccountId = "0", FunctionName = "f", OrderKey = "b/k", Payload = "{}"u8.ToArray(), AcceptedAt = DateTimeOffset.UnixEpoch,
    };
}
