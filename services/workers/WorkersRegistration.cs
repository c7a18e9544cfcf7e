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
    /// Registers <see cref="Worker"/>. The host gives <see cref="ICodeSource"/> and <see cref="IStorageGateway"/>, and
    /// <see cref="IFunctionLogs"/> if it keeps logs; sandboxes are processes unless an <see cref="ISandboxDriver"/> is there already.
    /// </summary>
    public static IServiceCollection AddWorkers(this IServiceCollection services, WorkersOptions options)
    {
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IFunctionLogs, DiscardedFunctionLogs>();
        services.AddSingleton(options);
        services.TryAddSingleton<ISandboxDriver, ProcessDriver>();
        services.AddSingleton(static provider => Create(provider));
        return services;
    }

    private static Worker Create(IServiceProvider provider)
    {
        var options = provider.GetRequiredService<WorkersOptions>();
        var driver = provider.GetRequiredService<ISandboxDriver>();
        SandboxPool? pool = null;
        var metrics = new WorkersMetrics(provider.GetRequiredService<IMeterFactory>(), () => pool?.Status.Sandboxes ?? 0);
        var context = new SandboxContext(
            driver,
            provider.GetRequiredService<IStorageGateway>(),
            provider.GetRequiredService<IFunctionLogs>(),
            options,
            metrics,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<Worker>>());
        pool = new SandboxPool(context, new CodeCache(options.Folder, provider.GetRequiredService<ICodeSource>()));
        return new Worker(pool, driver, options);
    }
}
