using System.Diagnostics.Metrics;
using Glue.Workers.Code;
using Glue.Workers.Drivers.Process;
using Glue.Workers.Logs;
using Glue.Workers.Pool;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Glue.Workers;

public static class WorkersRegistration
{
    /// <summary>
    /// Registers <see cref="WorkerSet"/>. The host gives <see cref="ICodeSource"/> and <see cref="IStorageGateway"/>, and
    /// <see cref="IFunctionLogs"/> if it keeps logs; sandboxes are processes unless an <see cref="ISandboxDriver"/> for each worker
    /// (<see cref="WorkerShares"/>, in that order) is there already.
    /// </summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, WorkersOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFunctionLogs, DiscardedFunctionLogs>();
        services.TryAddSingleton<SessionKeys>();
        var shares = WorkerShares.Of(options);
        if (services.All(static service => service.ServiceType != typeof(ISandboxDriver)))
        {
            foreach (var share in shares)
            {
                services.AddSingleton<ISandboxDriver>(provider => new ProcessDriver(share, provider.GetRequiredService<ILogger<ProcessDriver>>()));
            }
        }

        services.AddSingleton(provider =>
        {
            WorkerShares.Sweep(options);
            var code = new CodeCache(options.Folder, provider.GetRequiredService<ICodeSource>()); // sandboxes only read it: unpacked once for all workers
            return new WorkerSet([.. provider.GetServices<ISandboxDriver>().Zip(shares, (driver, share) => Create(provider, driver, share, code))]);
        });
        return services;
    }

    private static Worker Create(IServiceProvider provider, ISandboxDriver driver, WorkersOptions options, CodeCache code)
    {
        SandboxPool? pool = null;
        var metrics = new WorkersMetrics(provider.GetRequiredService<IMeterFactory>(), options.Id, () => pool?.Status);
        var context = new SandboxContext(
            driver,
            provider.GetRequiredService<IStorageGateway>(),
            provider.GetRequiredService<SessionKeys>(),
            provider.GetRequiredService<IFunctionLogs>(),
            options,
            metrics,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Worker>>());
        pool = new SandboxPool(context, code);
        return new Worker(pool, driver, options);
    }
}
