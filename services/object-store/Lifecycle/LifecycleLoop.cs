using Glue.Foundation.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>Applies the lifecycle rules every <see cref="ObjectStoreOptions.LifecycleInterval"/>, beside normal service.</summary>
internal sealed class LifecycleLoop(LifecycleRun run, ObjectStoreOptions options, TimeProvider time, ILogger<LifecycleLoop> logger) : ServiceLoop
{
    protected override async Task RunAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.LifecycleInterval, time);
        do
        {
            try
            {
                var done = await run.ApplyAsync(stoppingToken);
                if (done > 0)
                {
                    Log.LifecycleApplied(logger, done);
                }
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                Log.LifecycleFailed(logger, e); // old objects must not end the process; what is due stays due
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
