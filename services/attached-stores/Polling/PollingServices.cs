using Glue.AttachedStores.Sources;
using Glue.Foundation.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.AttachedStores.Polling;

/// <summary>Composes polling.</summary>
internal static class PollingServices
{
    public static IServiceCollection AddPolling(this IServiceCollection services, Func<IServiceProvider, SqliteDatabase> polls)
    {
        services.AddMetrics();
        services.TryAddSingleton(Random.Shared);
        services.AddSingleton(new PollOptions());
        services.AddSingleton<PollMetrics>();
        services.AddSingleton(provider => new PollTable(polls(provider)));
        services.AddSingleton<IStoreSource, PollSource>();
        return services.AddHostedService<PollCleaner>();
    }
}
