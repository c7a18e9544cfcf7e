using Glue.Foundation.Hosting;

namespace Glue.AttachedStores.Polling;

/// <summary>Deletes the objects of buckets that are polled no more, beside everything else: there may be millions.</summary>
internal sealed class PollCleaner(PollTable table) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var dropped = table.NextDropped;
            await table.CleanAsync(stoppingToken);
            await dropped.WaitAsync(stoppingToken);
        }
    }
}
