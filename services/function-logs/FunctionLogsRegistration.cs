using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.FunctionLogs.Api;
using Glue.FunctionLogs.Appending;
using Glue.FunctionLogs.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.FunctionLogs;

/// <summary>Composes the function logs into a host.</summary>
public static class FunctionLogsRegistration
{
    /// <summary>Registers <see cref="FunctionLogStreams"/> and the API. The host gives <see cref="ICredentialSource"/>.</summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">Checked by the caller.</param>
    /// <param name="database">Finds logs.db, a file of its own: its writes make no other's wait.</param>
    public static IServiceCollection AddFunctionLogs(
        this IServiceCollection services, FunctionLogsOptions options, Func<IServiceProvider, SqliteDatabase> database)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SigV4Verifier>();
        services.AddSingleton(options);
        services.AddSingleton(provider => new LogStore(database(provider), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<FunctionLogsMetrics>().AddSingleton<LogWriter>();
        services.AddSingleton(static provider => new FunctionLogStreams(provider.GetRequiredService<LogWriter>()));
        services.AddSingleton<LogCatalog>().AddSingleton<LogReader>().AddHostedService<LogExpiry>();
        services.AddSingleton<LogsSignatureGate>().AddSingleton<GroupActions>().AddSingleton<StreamActions>().AddSingleton<EventActions>();
        services.AddSingleton<PutLogEventsAction>().AddSingleton<LogsApiHandler>();
        return services;
    }

    /// <summary>Serves the CloudWatch Logs API; what is not addressed to it goes on along the pipeline.</summary>
    public static IApplicationBuilder UseFunctionLogsApi(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var handler = app.ApplicationServices.GetRequiredService<LogsApiHandler>();
        return app.Use(next => context => LogsApiHandler.Serves(context.Request) ? handler.HandleAsync(context) : next(context));
    }
}
