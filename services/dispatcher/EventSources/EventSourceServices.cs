using Glue.Foundation.Sqlite;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Dispatcher.EventSources;

/// <summary>Composes event source mappings into the dispatcher.</summary>
internal static class EventSourceServices
{
    public static IServiceCollection AddEventSources(
        this IServiceCollection services, Func<IServiceProvider, SqliteDatabase> state, EventSourceOptions options)
    {
        services.AddSingleton(options).AddSingleton(provider => new EventSourceStore(state(provider)));
        services.AddSingleton<KafkaClusters>().AddSingleton<FailureTopic>().AddSingleton<BatchTurns>().AddSingleton<EventSourceMetrics>();
        services.AddSingleton<IBatchInvoker, BatchInvoker>().AddSingleton<IFailedBatches, FailedBatches>();
        services.AddSingleton<EventSourceLoop>();
        services.AddHostedService(static provider => provider.GetRequiredService<EventSourceLoop>());
        return services;
    }
}
