using Glue.Foundation.Hosting;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Polling;

/// <summary>Deletes the objects of buckets that are polled no more, beside everything else: there may be millions.</summary>
internal sealed class PollCleaner(PollTable table, PollOptions options, TimeProvider time, ILogger<PollCleaner> logger) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var dropped = table.NextDropped;
            try
            {
                await table.CleanAsync(stoppingToken);
                await dropped.WaitAsync(stoppingToken);
            }
            catch (SqliteException e)
            {
                Log.PollsNotCleaned(logger, e); // a full disk: even deleting needs room at first
                await Task.Delay(options.LongestRetry, time, stoppingToken);
            }
        }
    }
}
