using Glue.Contracts.Invocations;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>The contract on the embedded side.</summary>
public sealed class SqliteInvocationQueueTests : InvocationQueueContract, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteDatabase? _database;
    private EmbeddedInvocationQueue? _queue;
    private BodyCountingDisk? _disk;

    private protected override ILedger Ledger => new SqliteLedger(_database!, _queue!.Leased);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_outcome_of_a_success_is_kept_though_its_lease_was_lost()
    {
        var time = new ManualTimeProvider();
        var queue = Open(time);
        var outcomes = new OutcomeStore(_database!, time);
        var key = new IdempotencyKey(new byte[32]);
        await queue.EnqueueAsync([new Invocation { Id = "i1", AccountId = "000000000000", FunctionName = "f", Payload = "{}"u8.ToArray(), AcceptedAt = time.GetUtcNow() }], default);
        var lost = Assert.Single(await queue.LeaseDueAsync(1, TimeSpan.FromMinutes(1), default));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Single(await queue.LeaseDueAsync(1, TimeSpan.FromMinutes(1), default)); // somebody else has it
        var settlement = Settlement.Done(lost.Lease, new AttemptReport(default, default, FakeWorker.Succeeded("1"u8.ToArray()))) with
        {
            Keeps = new KeptOutcome(key.Text, "i1", "1"u8.ToArray(), time.GetUtcNow().AddDays(1)),
        };
        Assert.Equal(0, await queue.SettleAsync([settlement], default));
        Assert.Equal("1"u8.ToArray(), outcomes.Find(key)!.Payload.ToArray());
    }

    [Fact]
    public async Task A_look_for_what_is_too_old_reads_no_body_of_what_runs()
    {
        var time = new ManualTimeProvider();
        var queue = Open(time);
        await queue.EnqueueAsync(
            [.. Enumerable.Range(0, 70).Select(i => new Invocation { Id = $"i{i}", AccountId = "000000000000", FunctionName = "f", Payload = "{}"u8.ToArray(), AcceptedAt = time.GetUtcNow() })],
            default);
        Assert.Equal(67, (await queue.LeaseDueAsync(67, TimeSpan.FromHours(1), default)).Count);
        time.Advance(TimeSpan.FromMinutes(3));
        _disk!.BodiesRead = 0;

        var old = await PassAsync(queue);
        var read = _disk.BodiesRead;

        Assert.Equal(["i67", "i68", "i69"], old.Select(static each => each.Invocation.Id));
        Assert.Equal(3, read);
        Assert.Empty(await PassAsync(queue));
        Assert.Equal(3, _disk.BodiesRead);
    }

    [Fact]
    public async Task Memory_holds_the_numbers_of_so_many_functions_and_no_more_and_each_keeps_its_own()
    {
        Open(new ManualTimeProvider());
        var numbers = new FunctionNumbers(most: 10);
        for (var round = 0; round < 2; round++)
        {
            for (var i = 0; i < 100; i++)
            {
                var function = new FunctionKey("000000000000", $"f{i}");
                Assert.Equal(i + 1, await _database!.WriteAsync(write => numbers.Of(write, function)));
                Assert.InRange(numbers.CountInMemory, 0, 10);
            }
        }
    }

    private protected override IInvocationQueue Open(ManualTimeProvider time)
    {
        _database = SqliteDatabase.Open(_folder["queue.db"]);
        return _queue = QueueHammer.NewQueue(_database, time, disk => _disk = new BodyCountingDisk(disk));
    }

    private protected override async Task CloseAsync() => await _database!.DisposeAsync();
}
