using Glue.Foundation.Hosting;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.Files;

/// <summary>
/// Once per start: removes the blobs that a killed process wrote but never named, or no longer names and had not removed.
/// Runs beside normal service.
/// </summary>
internal sealed class BlobSweep(BlobFiles files, SqliteDatabase database, ILogger<BlobSweep> logger) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        await Task.Yield(); // start-up does not wait for the sweep
        var removed = 0;
        foreach (var ids in files.Settled().Chunk(512))
        {
            stoppingToken.ThrowIfCancellationRequested();
            var orphans = database.Read(connection =>
            {
                using var command = connection.CreateCommand();
                command.CommandText = "SELECT 1 FROM blob WHERE id=$id";
                var id = command.Parameters.Add("$id", Microsoft.Data.Sqlite.SqliteType.Text);
                return ids.Where(candidate =>
                {
                    id.Value = candidate;
                    return command.ExecuteScalar() is null;
                }).ToList();
            });
            files.Delete(orphans);
            removed += orphans.Count;
        }

        if (removed > 0)
        {
            Log.OrphansSwept(logger, removed);
        }
    }
}
