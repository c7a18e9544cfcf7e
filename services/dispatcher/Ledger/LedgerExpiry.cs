using System.Data.Common;
using Glue.Dispatcher.Idempotency;
using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher.Ledger;

/// <summary>Forgets what the ledger and kept outcomes need not remember any more: every ten minutes, and once at the start.</summary>
internal sealed class LedgerExpiry(ILedger ledger, OutcomeStore outcomes, DispatcherOptions options, TimeProvider time, ILogger<LedgerExpiry> logger) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(10), time);
        do
        {
            try
            {
                await ExpireAsync(stoppingToken);
            }
            catch (DbException e)
            {
                Log.ExpiryFailed(logger, e);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private async Task ExpireAsync(CancellationToken stoppingToken)
    {
        var total = await ledger.ExpireAsync(time.GetUtcNow() - options.LedgerRetention, stoppingToken);
        while (await outcomes.ExpireAsync(stoppingToken) > 0)
        {
            // Batch by batch.
        }

        if (total > 0)
        {
            Log.Expired(logger, total, options.LedgerRetention);
        }
    }
}
