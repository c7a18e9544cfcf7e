using Microsoft.Extensions.Hosting;

namespace Glue.Dispatcher.Placement;

/// <summary>After a restart the provisioned sandboxes come back without anybody's call.</summary>
internal sealed class ProvisionedConcurrencyStart(ProvisionedConcurrencyPlan plan) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        plan.Tell();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
