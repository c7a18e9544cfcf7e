using System.Data.Common;
using System.Diagnostics.Metrics;
using Glue.Dispatcher.Accounts;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Backlog;

/// <summary>
/// Gauges of how much waits or runs of each account, and how old the oldest of it is. Counted now and then, beside all changes, so that nothing that is
/// measured pays for being measured; a count that takes long is made more seldom, so that it takes a twentieth of one processor at most.
/// </summary>
internal sealed class QueueDepthLoop : ServiceLoop
{
    private const int PausePerCount = 20;

    private readonly SqliteDatabase _database;
    private readonly AccountStore _accounts;
    private readonly DispatcherOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<QueueDepthLoop> _logger;
    private volatile Dictionary<string, QueueDepth> _depths = [];

    /// <param name="database">queue.db.</param>
    /// <param name="accounts">Those that have nothing are told as well.</param>
    /// <param name="options">How often.</param>
    /// <param name="time">The clock.</param>
    /// <param name="meters">Makes the gauges.</param>
    /// <param name="logger">Hears of failures.</param>
    public QueueDepthLoop(
        SqliteDatabase database, AccountStore accounts, DispatcherOptions options, TimeProvider time, IMeterFactory meters, ILogger<QueueDepthLoop> logger)
    {
        (_database, _accounts, _options, _time, _logger) = (database, accounts, options, time, logger);
        var meter = meters.Create("Glue.Dispatcher");
        meter.CreateObservableGauge("dispatcher.queue.depth", () => Of(static (depth, _) => (double)depth.Invocations), "{invocation}", "Asynchronous invocations that wait or run, by account.");
        meter.CreateObservableGauge(
            "dispatcher.queue.oldest_age", () => Of(static (depth, nowMs) => Math.Max(0, nowMs - depth.OldestMs) / 1000.0), "s", "Age of the oldest asynchronous invocation that waits or runs, by account.");
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var began = _time.GetTimestamp();
            try
            {
                _depths = _database.Query(QueueDepth.ReadAll);
            }
            catch (DbException e)
            {
                Log.DepthNotRead(_logger, e);
            }

            var pause = PausePerCount * _time.GetElapsedTime(began);
            await Task.Delay(pause > _options.QueueDepthInterval ? pause : _options.QueueDepthInterval, _time, stoppingToken);
        }
    }

    private List<Measurement<double>> Of(Func<QueueDepth, long, double> value)
    {
        var (depths, nowMs) = (_depths, _time.GetUtcNow().ToUnixTimeMilliseconds());
        return [.. _accounts.All.Select(static account => account.Id).Union(depths.Keys).Select(id => new Measurement<double>(
            depths.TryGetValue(id, out var depth) ? value(depth, nowMs) : 0, new KeyValuePair<string, object?>("account", id)))];
    }
}
