using Glue.AttachedStores.Api;
using Glue.AttachedStores.Buckets;
using Glue.AttachedStores.Checks;
using Glue.AttachedStores.Listening;
using Glue.AttachedStores.Notifications;
using Glue.AttachedStores.Polling;
using Glue.AttachedStores.Requests;
using Glue.AttachedStores.Sources;
using Glue.AttachedStores.Stores;
using Glue.AttachedStores.Topics;
using Glue.AttachedStores.Webhooks;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.AttachedStores;

/// <summary>Composes attached stores.</summary>
public static class AttachedStoresServices
{
    /// <summary>
    /// Adds <see cref="IAttachedStores"/> and <see cref="BucketDirectory"/>. The host registers <see cref="ICredentialSource"/>, <see cref="SecretBox"/>,
    /// <see cref="IStoreRules"/>, <see cref="IStoreEvents"/>, <see cref="IReconciliation"/>, <see cref="IKafkaReach"/>
    /// and <see cref="IEmbeddedBuckets"/>.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="state">Finds state.db.</param>
    /// <param name="polls">Finds polls.db.</param>
    /// <param name="api">The API's own address, known once it is bound.</param>
    public static IServiceCollection AddAttachedStores(
        this IServiceCollection services, Func<IServiceProvider, SqliteDatabase> state, Func<IServiceProvider, SqliteDatabase> polls, Func<Uri> api)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SigV4Signer>();
        services.TryAddSingleton<SigV4Verifier>();
        services.AddSingleton(new StoreAddresses(api));
        services.AddSingleton(provider => new StoreTable(state(provider), provider.GetRequiredService<SecretBox>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAttachedStores>(static provider => provider.GetRequiredService<StoreTable>());
        services.AddSingleton(provider => new NotifiedBuckets(state(provider)));
        services.AddSingleton<StoreHttp>().AddSingleton<BucketDirectory>().AddSingleton<CephTopics>().AddSingleton<StoreChecks>();
        services.AddSingleton<IObjectPages, ObjectPages>().AddSingleton<IObjectLineage, ObjectLineage>();
        services.AddSingleton(static provider => new StoreListing(provider.GetRequiredService<IAttachedStores>(), provider.GetRequiredService<IObjectPages>()));
        services.AddSingleton<StoresGate>().AddSingleton<StoresApi>().AddSingleton<StoreEventsApi>();
        services.AddSingleton<NotificationSync>().AddHostedService(static provider => provider.GetRequiredService<NotificationSync>());
        services.AddSingleton(new ListenPace()).AddSingleton<ListenCall>().AddSingleton<IStoreSource, ListenSource>();
        services.AddSingleton<IStoreSource, KafkaSource>();
        services.AddSingleton<StoreSources>().AddHostedService(static provider => provider.GetRequiredService<StoreSources>());
        services.AddPolling(polls);
        return services;
    }

    /// <summary>Serves <c>/glue/v1/stores</c> and <c>/glue/v1/store-events</c>.</summary>
    public static IApplicationBuilder UseAttachedStores(this IApplicationBuilder app) => app
        .MapWhen(
            static context => context.Request.Path.StartsWithSegments(StoresApi.Path, StringComparison.Ordinal),
            static stores => stores.Run(static context => context.RequestServices.GetRequiredService<StoresApi>().HandleAsync(context)))
        .MapWhen(
            static context => context.Request.Path.StartsWithSegments(StoreEventsApi.Path, StringComparison.Ordinal),
            static events => events.Run(static context => context.RequestServices.GetRequiredService<StoreEventsApi>().HandleAsync(context)));
}
