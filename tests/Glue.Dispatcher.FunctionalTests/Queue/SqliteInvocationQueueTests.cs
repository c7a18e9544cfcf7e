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

    private protected override ILedger Ledger => new SqliteLedger(_database!, _queue!.Leased);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await CloseAsync();
        _folder.Dispose();
    }

    private protected override IInvocationQueue Open(ManualTimeProvider time)
    {
        _database = SqliteDatabase.Open(_folder["queue.db"]);
        return _queue = QueueHammer.NewQueue(_database, time);
    }

    private protected override async Task CloseAsync() => await _database!.DisposeAsync();
}
