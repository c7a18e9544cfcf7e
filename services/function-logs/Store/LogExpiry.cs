using System.Data.Common;
using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.FunctionLogs.Store;

/// <summary>Removes lines that are too old, and streams that have none left: every ten minutes, and once at the start.</summary>
internal sealed class LogExpiry(LogStore store, FunctionLogsOptions options, TimeProvider time, ILogger<LogExpiry> logger) : ServiceLoop
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>One round.</summary>
    public async Task ExpireAsync()
    {
        var nowMs = time.GetUtcNow().ToUnixTimeMilliseconds();
        var removed = 0L;
        foreach (var (groupId, days) in Groups())
        {
            var kept = days is { } own && TimeSpan.FromDays(own) < options.Retention ? TimeSpan.FromDays(own) : options.Retention;
            var cutMs = nowMs - (long)kept.TotalMilliseconds;
            long bytes;
            do
            {
                bytes = await store.RemoveAsync(
                    "SELECT id FROM log_chunk WHERE group_id=$group AND first_ms<$cut AND last_ms<$cut LIMIT 256",
                    command => command.With("$group", groupId).With("$cut", cutMs));
                removed += bytes;
            }
            while (bytes > 0);
            await store.Database.WriteAsync(write => write.Prepared(
                    "DELETE FROM log_stream WHERE group_id=$group AND bytes=0 AND coalesce(last_ingestion_ms, created_ms)<$cut")
                .With("$group", groupId).With("$cut", cutMs).ExecuteNonQuery());
        }

        if (removed > 0)
        {
            Log.Removed(logger, removed / (1024.0 * 1024));
        }
    }

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, time);
        do
        {
            try
            {
                await ExpireAsync();
            }
            catch (DbException e)
            {
                Log.NotRemoved(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private List<(long Id, int? Days)> Groups() => store.Database.Read(static connection =>
    {
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT id, retention_days FROM log_group";
        using var row = command.ExecuteReader();
        var groups = new List<(long, int?)>();
        while (row.Read())
        {
            groups.Add((row.GetInt64(0), row.IsDBNull(1) ? null : row.GetInt32(1)));
        }

        return groups;
    });
}
