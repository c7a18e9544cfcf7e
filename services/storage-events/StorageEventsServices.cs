using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.AttachedStores;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Glue.StorageEvents;

/// <summary>Composes storage-events.</summary>
public static class StorageEventsServices
{
    /// <summary>
    /// Adds <see cref="SqliteEventLog"/> (give its <c>Record</c> and <c>Recorded</c> to the object store), <see cref="BucketNotifications"/>
    /// and the intake loop. The host must register <see cref="IFunctionDirectory"/>, <see cref="IInvocationIntake"/>,
    /// <see cref="IBucketListing"/> and <see cref="IDeliveries"/>.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">Checked at once.</param>
    /// <param name="eventLog">The object store's database: objects and events commit together.</param>
    /// <param name="state">The database of rules.</param>
    /// <param name="kafka">The log in Kafka; null: the embedded one. With Kafka the embedded log is the outbox of the object store.</param>
    /// <exception cref="OptionsValidationException">An option is out of its range.</exception>
    public static IServiceCollection AddStorageEvents(
        this IServiceCollection services,
        StorageEventsOptions options,
        Func<IServiceProvider, SqliteDatabase> eventLog,
        Func<IServiceProvider, SqliteDatabase> state,
        KafkaEventLogOptions? kafka = null)
    {
        if (new StorageEventsOptionsValidator().Validate(nameof(StorageEventsOptions), options) is { Failed: true } faults)
        {
            throw new OptionsValidationException(nameof(StorageEventsOptions), typeof(StorageEventsOptions), faults.Failures);
        }

        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton(provider => new SqliteEventLog(eventLog(provider), options, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new SqliteRejectedRecords(eventLog(provider), provider.GetRequiredService<TimeProvider>()));
        if (kafka is null)
        {
            services.AddSingleton<IEventLog>(provider => provider.GetRequiredService<SqliteEventLog>());
            services.AddSingleton<IRejectedRecords>(provider => provider.GetRequiredService<SqliteRejectedRecords>());
        }
        else
        {
            services.AddSingleton(kafka);
            services.AddSingleton<KafkaEventLog>();
            services.AddSingleton<IEventLog>(provider => provider.GetRequiredService<KafkaEventLog>());
            services.AddSingleton<IRejectedRecords>(provider => provider.GetRequiredService<KafkaEventLog>());
            services.AddHostedService<OutboxRelay>();
        }

        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<BucketNotifications>(provider, state(provider)));
        services.AddSingleton<StoreMessages>();
        services.AddSingleton<RecordMatcherFactory>();
        services.AddSingleton(static provider => provider.GetRequiredService<RecordMatcherFactory>().New());
        services.AddSingleton<IntakeMetrics>();
        services.AddHostedService<IntakeLoop>();
        services.AddSingleton(provider => new ReplayStore(state(provider)));
        services.AddSingleton<ReplayApi>();
        services.TryAddSingleton<SigV4Verifier>();
        services.AddSingleton<ReplayOrders>().AddSingleton<ReplaySources>().AddSingleton<ReplayWaits>();
        services.AddHostedService<ReplayRunner>();
        services.AddSingleton(static provider => new Reconciliations(
            provider.GetRequiredService<ReplayStore>(), provider.GetRequiredService<StorageEventsOptions>(), provider.GetRequiredService<TimeProvider>()));
        services.AddHostedService<ReconcileSchedule>();
        services.AddHostedService<EventLogRetention>();
        return services;
    }

    /// <summary>Serves <c>/glue/v1/replays</c>; the host must register <see cref="ICredentialSource"/>.</summary>
    public static IApplicationBuilder UseReplays(this IApplicationBuilder app) =>
        app.MapWhen(
            static context => context.Request.Path.StartsWithSegments(ReplayApi.Path, StringComparison.Ordinal),
            static replays => replays.Run(static context => context.RequestServices.GetRequiredService<ReplayApi>().HandleAsync(context)));
}
