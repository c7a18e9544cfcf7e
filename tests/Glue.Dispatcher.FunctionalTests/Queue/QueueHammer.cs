using System.Diagnostics.Metrics;
using System.Globalization;
using Glue.Contracts.Invocations;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.FunctionalTests.Queue;

/// <summary>
/// The process the crash test kills: enqueues, leases and settles without end, and says on its output what was
/// acknowledged: <c>+ID</c> enqueued, <c>-ID</c> settled.
/// </summary>
internal static class QueueHammer
{
    public static async Task<int> RunAsync(string path)
    {
        await using var database = SqliteDatabase.Open(path);
        var queue = NewQueue(database, TimeProvider.System);
        await queue.ReleaseAllAsync(CancellationToken.None);
        await Task.WhenAll(EnqueueAsync(queue), SettleAsync(queue), SettleAsync(queue));
        return 0;
    }

    public static EmbeddedInvocationQueue NewQueue(SqliteDatabase database, TimeProvider time, Func<IQueueDisk, IQueueDisk>? watched = null)
    {
        var meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();
        IQueueDisk disk = new SqliteQueueDisk(database);
        return new EmbeddedInvocationQueue(
            watched?.Invoke(disk) ?? disk, new OpenPolicy(), places: 1000, time, new LedgerChanges(), new QueueMetrics(meters));
    }

    /// <summary>No limits, and everybody alike.</summary>
    private sealed class OpenPolicy : IServicePolicy
    {
        public bool TryEnter(FunctionKey function, out AdmittedPlace? place)
        {
            place = null;
            return true;
        }

        public void Leave(in AdmittedPlace place)
        {
        }

        public void WhenRoomIsMade(Action tell)
        {
        }

        public double Weight(string accountId) => 1;

        public int MemoryMiB(FunctionKey function) => 128;

        public bool IsDeployed(FunctionKey function) => true;

        public bool HasRoom(FunctionKey function) => true;
    }

    private static async Task EnqueueAsync(EmbeddedInvocationQueue queue)
    {
        while (true)
        {
            var batch = Enumerable.Range(0, 5).Select(i => new Invocation
            {
                Id = Guid.NewGuid().ToString(),
                AccountId = "000000000000",
                FunctionName = $"f{i}",
                OrderKey = i < 2 ? "same" : null,
                Payload = new byte[300],
                AcceptedAt = TimeProvider.System.GetUtcNow(),
            }).ToList();
            await queue.EnqueueAsync(batch, CancellationToken.None);
            Say('+', batch.Select(invocation => invocation.Id));
        }
    }

    private static async Task SettleAsync(EmbeddedInvocationQueue queue)
    {
        while (true)
        {
            var leased = await queue.LeaseDueAsync(7, TimeSpan.FromMinutes(1), CancellationToken.None);
            if (leased.Count == 0)
            {
                await queue.WaitForDueAsync(CancellationToken.None);
                continue;
            }

            var now = TimeProvider.System.GetUtcNow();
            var report = new AttemptReport(now, now, FakeWorker.Succeeded([]));
            await queue.SettleAsync([.. leased.Select(entry => Settlement.Done(entry.Lease, report))], CancellationToken.None);
            Say('-', leased.Select(entry => entry.Invocation.Id));
        }
    }

    private static void Say(char what, IEnumerable<string> ids)
    {
        var lines = string.Concat(ids.Select(id => string.Create(CultureInfo.InvariantCulture, $"{what}{id}\n")));
        lock (Console.Out)
        {
            Console.Out.Write(lines);
            Console.Out.Flush();
        }
    }
}
