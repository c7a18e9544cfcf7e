using System.Data.Common;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Backlog;

/// <summary>Lets parked storage events into the queue when their accounts have room again.</summary>
internal sealed class UnparkLoop(
    QueueEntrance entrance, ParkedInvocations parked, QueueLengths lengths, DispatcherOptions options, TimeProvider time, ILogger<UnparkLoop> logger) : ServiceLoop
{
    private const int Batch = 256;

    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            try
            {
                foreach (var account in parked.Accounts)
                {
                    while (await entrance.UnparkAsync(account, Batch, time.GetUtcNow()) == Batch)
                    {
                        stoppingToken.ThrowIfCancellationRequested();
                    }
                }

                await lengths.WaitForRoomAsync(stoppingToken);
            }
            catch (DbException e)
            {
                Log.UnparkFailed(logger, e);
                await Task.Delay(options.FirstBackoff, time, stoppingToken);
            }
        }
    }
}
