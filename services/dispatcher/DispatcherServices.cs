using Glue.Dispatcher.Accounts;
using Glue.Dispatcher.Admission;
using Glue.Dispatcher.Backlog;
using Glue.Dispatcher.DeadLetters;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Destinations.Webhooks;
using Glue.Dispatcher.Dispatch;
using Glue.Dispatcher.EventSources;
using Glue.Dispatcher.Fairness;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.FunctionUrls;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.LambdaApi;
using Glue.Dispatcher.Ledger;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Glue.Dispatcher.Roles;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Glue.Dispatcher;

/// <summary>Composes the dispatcher into a host.</summary>
public static class DispatcherServices
{
    /// <summary>
    /// Adds the Lambda API, function and code store, invocation queue, ledger and dispatch loop. The host provides
    /// <see cref="ICredentialSource"/>, the <see cref="IWorker"/>s and, if it likes, <see cref="IPackageObjects"/> and a <see cref="TimeProvider"/>.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="options">Checked at once.</param>
    /// <param name="state">Finds state.db (functions).</param>
    /// <param name="queue">Finds queue.db (invocation queue and ledger).</param>
    /// <param name="eventSources">Of event source mappings; null: the defaults.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">Options are out of range; the message names all of them.</exception>
    public static IServiceCollection AddDispatcher(
        this IServiceCollection services,
        DispatcherOptions options,
        Func<IServiceProvider, SqliteDatabase> state,
        Func<IServiceProvider, SqliteDatabase> queue,
        EventSourceOptions? eventSources = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        services.AddMetrics();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SigV4Verifier>();
        services.AddSingleton(options);

        services.AddSingleton<ICodeStore>(new FileCodeStore(options.CodeFolder));
        services.AddSingleton(provider => new WorkerPool(provider.GetServices<IWorker>()));
        services.TryAddSingleton<IPackageObjects, NoPackageObjects>();
        services.TryAddSingleton<IRuntimes, AnyRuntime>();
        services.AddSingleton(provider => new LayerStore(state(provider), provider.GetRequiredService<CodeLibrary>()));
        services.AddHostedService<CodeSweep>();
        services.AddSingleton<CodeLibrary>().AddSingleton<FunctionRollout>().AddSingleton<FunctionStore>();
        services.AddSingleton(provider => new FunctionTable(state(provider)));
        services.AddSingleton<IFunctionCatalog>(static provider => provider.GetRequiredService<FunctionStore>());
        services.AddSingleton(_ => new SecretBox(options.SecretKeyFile));
        services.AddSingleton<IDeployedFunctions>(static provider => provider.GetRequiredService<FunctionStore>());
        services.AddSingleton(provider => new AccountStore(
            state(provider), provider.GetRequiredService<SecretBox>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IAccountKeys>(static provider => provider.GetRequiredService<AccountStore>());
        services.AddSingleton(static provider => new AccountLimits(
            provider.GetRequiredService<DispatcherOptions>(), provider.GetRequiredService<AccountStore>()));
        services.AddSingleton<IServicePolicy, ServicePolicy>();
        services.AddSingleton(static provider => new ConcurrencyLimits(
            provider.GetRequiredService<AccountLimits>(), provider.GetRequiredService<FunctionStore>().SetAsideConcurrency,
            provider.GetRequiredService<TimeProvider>()));

        services.AddSingleton<LedgerChanges>().AddSingleton<QueueMetrics>();
        services.AddSingleton(provider => new EmbeddedInvocationQueue(
            new CountedQueueDisk(new SqliteQueueDisk(queue(provider)), provider.GetRequiredService<QueueLengths>()), provider.GetRequiredService<IServicePolicy>(), options.MaxAsyncInvocations,
            provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<LedgerChanges>(), provider.GetRequiredService<QueueMetrics>()));
        services.AddSingleton<IInvocationQueue>(static provider => provider.GetRequiredService<EmbeddedInvocationQueue>());
        services.AddSingleton<ILedger>(provider =>
            new SqliteLedger(queue(provider), provider.GetRequiredService<EmbeddedInvocationQueue>().Leased));
        services.AddSingleton(provider => new OutcomeStore(queue(provider), provider.GetRequiredService<TimeProvider>())).AddSingleton<RunningKeys>().AddSingleton<OutcomeKeeper>();
        services.AddSingleton<IKeptOutcomes>(static provider => provider.GetRequiredService<OutcomeStore>());
        services.AddHostedService<LedgerExpiry>();

        services.AddSingleton<QueueLengths>().AddSingleton(provider => new ParkedInvocations(queue(provider)));
        services.AddSingleton(provider => new QueueEntrance(
            provider.GetRequiredService<IInvocationQueue>(), queue(provider), provider.GetRequiredService<QueueLengths>(),
            provider.GetRequiredService<ParkedInvocations>(), provider.GetRequiredService<AccountLimits>()));
        services.AddSingleton<IQueueEntrance>(static provider => provider.GetRequiredService<QueueEntrance>());
        services.AddHostedService<UnparkLoop>();
        services.AddHostedService(provider => ActivatorUtilities.CreateInstance<QueueDepthLoop>(provider, queue(provider)));

        services.AddSingleton<EventAges>().AddSingleton<IEventAges>(static provider => provider.GetRequiredService<EventAges>());
        services.AddSingleton<RetryPolicy>().AddSingleton<OutcomeDestinations>().AddSingleton<OutcomeDeliveries>().AddSingleton<DispatchMetrics>().AddSingleton<AttemptRunner>();
        services.AddHostedService<DispatchLoop>().AddHostedService<AgeingLoop>();

        services.AddEventSources(state, eventSources ?? new EventSourceOptions());

        services.AddSingleton<SignatureGate>().AddSingleton<CodeDownloads>().AddSingleton<InvokeMetrics>().AddSingleton<SyncInvoker>().AddSingleton<InvokeCalls>().AddSingleton<InvokeAction>().AddSingleton<StreamAction>();
        services.AddSingleton<FunctionUrlAddress>().AddSingleton<FunctionUrlIndex>().AddSingleton<FunctionUrlActions>().AddSingleton<FunctionUrlHandler>();
        services.AddSingleton<ProvisionedConcurrencyPlan>().AddHostedService<ProvisionedConcurrencyStart>();
        services.AddSingleton<LayerActions>().AddSingleton<LayerPermissionActions>().AddSingleton<RuntimeManagementActions>().AddSingleton<ProvisionedActions>().AddSingleton<FunctionFinder>().AddSingleton<FunctionConfigurations>().AddSingleton<CodeUpload>().AddSingleton<FunctionUpdates>().AddSingleton<VersionActions>().AddSingleton<AliasActions>();
        services.AddSingleton<FunctionActions>().AddSingleton<PermissionActions>().AddSingleton<TagActions>().AddSingleton<AccountActions>();
        services.AddSingleton<ConcurrencyActions>().AddSingleton<DestinationFinder>().AddSingleton<EventInvokeActions>().AddSingleton<EventSourceActions>().AddSingleton<DeadLetterApi>();
        services.AddSingleton<AccountsApi>().AddSingleton<WebhooksApi>().AddSingleton<RolesApi>();
        services.AddSingleton(provider => new RoleStore(state(provider), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<IRolePolicies>(static provider => provider.GetRequiredService<RoleStore>());
        services.AddSingleton(provider => new WebhookStore(state(provider), provider.GetRequiredService<SecretBox>()));
        services.AddSingleton<IRecordDestination, WebhookDestination>();
        services.AddSingleton<LedgerApi>().AddSingleton<LambdaApiHandler>();
        return services;
    }

    /// <summary>Serves function URLs, which are told by their hosts' names and have every path: before anything that has paths of its own.</summary>
    public static IApplicationBuilder UseFunctionUrls(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var handler = app.ApplicationServices.GetRequiredService<FunctionUrlHandler>();
        return app.Use(async (context, next) =>
        {
            if (!await handler.TryHandleAsync(context))
            {
                await next(context);
            }
        });
    }

    /// <summary>Serves the Lambda API and <c>/glue/v1</c> as the end of the pipeline: every path that got here is answered.</summary>
    public static IApplicationBuilder UseLambdaApi(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var handler = app.ApplicationServices.GetRequiredService<LambdaApiHandler>();
        app.Run(handler.HandleAsync);
        return app;
    }
}
