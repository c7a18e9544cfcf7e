using System.Buffers;
using System.Net;
using System.Text;
using Glue.AttachedStores;
using Glue.AttachedStores.Stores;
using Glue.AttachedStores.Topics;
using Glue.Dispatcher;
using Glue.Dispatcher.Accounts;
using Glue.Dispatcher.Destinations;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.FunctionLogs;
using Glue.Host.Accounts;
using Glue.Host.Data;
using Glue.Host.Metrics;
using Glue.Host.Sandboxing;
using Glue.ObjectStore;
using Glue.StorageEvents;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Rules;
using Glue.Workers;
using Glue.Workers.Code;
using Glue.Workers.Gateway;
using Glue.Workers.Logs;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Glue.Host.Composition;

/// <summary>
/// The embedded stack in one process: every service, each port adapted to the service behind it, and one Kestrel with an S3
/// listener, an API listener, and one for the sandboxes' storage requests, whose connections come out of the sandboxes.
/// </summary>
internal sealed class GlueHost : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly DataFolder _data;
    private readonly SqliteDatabase[] _databases;
    private readonly ILoggerFactory _logs;

    private GlueHost(WebApplication app, DataFolder data, SqliteDatabase[] databases, ILoggerFactory logs, Credential root, bool hasNewCredentials, SandboxFinding choice)
    {
        (_app, _data, _databases, _logs) = (app, data, databases, logs);
        (Root, HasNewCredentials, DriverChoice) = (root, hasNewCredentials, choice);
    }

    public Uri S3 => AddressOf(_app, 0);

    public Uri Api => AddressOf(_app, 1);

    /// <summary>The installation's first credential.</summary>
    public Credential Root { get; }

    /// <summary>True: they were made at this start, and nobody has seen them yet.</summary>
    public bool HasNewCredentials { get; }

    /// <summary>Which driver makes the sandboxes (of every worker), and what was found out about this machine.</summary>
    public SandboxSupport DriverSupport => _app.Services.GetRequiredService<WorkerSet>().All[0].Support;

    /// <summary>The runtimes of every worker's sandboxes.</summary>
    public RuntimeCatalog Runtimes => _app.Services.GetRequiredService<WorkerSet>().All[0].Runtimes;

    /// <summary>Why it is that driver.</summary>
    public SandboxFinding DriverChoice { get; }

    /// <summary>Cancelled when the process is told to end.</summary>
    public CancellationToken Stopping => _app.Lifetime.ApplicationStopping;

    /// <summary>From now on <c>/healthz</c> answers 200.</summary>
    public void SayReady() => _app.Services.GetRequiredService<Readiness>().IsReady = true;

    /// <summary>Opens the data folder, starts everything, and returns when both listeners answer.</summary>
    /// <exception cref="StartupException">Something the user can mend: a taken port, a locked folder, a missing part.</exception>
    public static async Task<GlueHost> StartAsync(GlueHostOptions options, CancellationToken cancellationToken)
    {
        var data = DataFolder.Open(options.DataFolder);
        var databases = Array.Empty<SqliteDatabase>();
        ILoggerFactory? logs = null; // the driver is made before the container is, and logs as long as it lives
        GlueHost? host = null;
        try
        {
            var (root, isNew) = CredentialFile.Load(data.Credentials, options.AccessKey, options.SecretKey);
            var (store, queue, state, functionLogs, polls) =
                (SqliteDatabase.Open(data.StoreDatabase), SqliteDatabase.Open(data.QueueDatabase), SqliteDatabase.Open(data.StateDatabase),
                SqliteDatabase.Open(data.FunctionLogsDatabase), SqliteDatabase.Open(data.PollDatabase));
            databases = [store, queue, state, functionLogs, polls];
            var services = ServiceOptions.From(options.Settings, data, options.GuestFolder);
            var logging = Logging(options.LogLevel);
            logs = LoggerFactory.Create(logging);
            var (drivers, choice) = await SandboxDrivers.ChooseAsync(options.Driver, services, logs, cancellationToken);
            host = new GlueHost(Compose(options, data, root, store, queue, state, functionLogs, polls, services, drivers, logging), data, databases, logs, root, isNew, choice);
            await host.ListenAsync(cancellationToken);
            return host;
        }
        catch
        {
            if (host is not null)
            {
                await host.DisposeAsync();
            }
            else
            {
                await DisposeAsync(databases, data);
                logs?.Dispose();
            }

            throw;
        }
    }

    /// <summary>Returns when the process is told to end (Ctrl-C, SIGTERM) and everything has stopped.</summary>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => _app.WaitForShutdownAsync(cancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        File.Delete(_data.Endpoints);
        await _app.DisposeAsync();
        await DisposeAsync(_databases, _data);
        _logs.Dispose();
    }

    private static async ValueTask DisposeAsync(SqliteDatabase[] databases, DataFolder data)
    {
        foreach (var database in databases)
        {
            await database.DisposeAsync();
        }

        data.Dispose();
    }

    private static WebApplication Compose(
        GlueHostOptions options, DataFolder data, Credential root, SqliteDatabase store, SqliteDatabase queue, SqliteDatabase state,
        SqliteDatabase functionLogs, SqliteDatabase polls, ServiceOptions settings, IReadOnlyList<ISandboxDriver> drivers, Action<ILoggingBuilder> logging)
    {
        WebApplication? app = null;
        var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions
        {
            ContentRootPath = data.Path,
            Args = ["--hostBuilder:reloadConfigOnChange=false"], // else every blob that is made below the data folder wakes a file watcher
        });
        logging(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ResponseHeaderEncodingSelector = static _ => Encoding.UTF8; // user metadata beyond ASCII comes back as it was put
            kestrel.Limits.MinRequestBodyDataRate = new MinDataRate(bytesPerSecond: 240, gracePeriod: TimeSpan.FromSeconds(30)); // a client that stalls at first, S3 waits for longer than Kestrel's 5 s
            kestrel.Listen(IPAddress.Loopback, options.S3Port, static listener => listener.Serve(Surface.S3));
            kestrel.Listen(IPAddress.Loopback, options.ApiPort, static listener => listener.Serve(Surface.Api));
            kestrel.ListenStorageGateway();
        });

        // One half for the queue's running invocations, which the dispatch loop waits for, the other for callers of the two APIs.
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = (2 * settings.Dispatcher.DrainTimeout) + TimeSpan.FromSeconds(1));

        var services = builder.Services;
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IMemoryPoolFactory<byte>, TransportBlocks>();
        services.AddSingleton(provider => new InstallationCredentials(root, provider.GetRequiredService<IAccountKeys>()));
        services.AddSingleton<ICredentialSource>(static provider => provider.GetRequiredService<InstallationCredentials>());

        services.AddObjectStore(_ => store, settings.ObjectStore);
        services.AddSingleton<IObjectEventJournal, EventJournal>();
        services.AddSingleton<IObjectEventText, EventText>();
        services.AddSingleton<IBucketNotifications, StoreNotifications>();
        services.AddSingleton<IAccountPossessions, OwnedBuckets>();

        services.AddStorageEvents(settings.StorageEvents, _ => store, _ => state, settings.Kafka);
        services.AddSingleton<IFunctionDirectory, FunctionDirectory>();
        services.AddSingleton<IInvocationIntake, QueueIntake>();
        services.AddSingleton<IBucketListing, BucketListings>();
        services.AddSingleton<IDeliveries, LedgerDeliveries>();

        services.AddAttachedStores(_ => state, _ => polls, () => AddressOf(app!, 1));
        services.AddSingleton<IStoreRules, AttachedStoreRules>();
        services.AddSingleton<IStoreEvents, AttachedStoreEvents>();
        services.AddSingleton<IReconciliation, AttachedReconciliation>();
        services.AddSingleton<IKafkaReach>(new KafkaReach(settings.EventSources));
        services.AddSingleton<IEmbeddedBuckets, EmbeddedBuckets>();

        services.AddDispatcher(settings.Dispatcher, _ => state, _ => queue, settings.EventSources);
        for (var i = 0; i < settings.Workers.Count; i++)
        {
            var worker = i;
            services.AddSingleton<IWorker>(provider => new LocalWorker(provider.GetRequiredService<WorkerSet>().All[worker]));
        }

        services.AddSingleton<IRuntimes, WorkerRuntimes>();
        services.AddSingleton<IPackageObjects>(provider => new StoredPackages(() => AddressOf(app!, 0), new SigV4Signer(provider.GetRequiredService<TimeProvider>())));
        services.AddSingleton<IRecordDestination>(provider => new BucketDestination(
            () => AddressOf(app!, 0), provider.GetRequiredService<InstallationCredentials>(), provider.GetRequiredService<SigV4Signer>()));

        services.AddSingleton<IRecordDestination>(provider => new KafkaDestination(
            settings.KafkaCluster, root.AccountId, provider.GetRequiredService<ILogger<KafkaDestination>>()));

        foreach (var driver in drivers)
        {
            services.AddSingleton(driver);
        }

        services.AddFunctionLogs(settings.FunctionLogs, _ => functionLogs);
        services.AddSingleton<IFunctionLogs, StoredFunctionLogs>();

        services.AddWorkers(settings.Workers);
        services.AddSingleton<ICodeSource, DeployedCode>();
        services.AddSingleton<IStorageCredentials, GatewayCredentials>();
        services.AddSingleton<IStoragePolicies, FunctionRoles>();
        services.AddSingleton<IUpstreamStores, AttachedUpstreams>();
        services.AddStorageGateway(new StorageGatewayOptions
        {
            Upstream = () => AddressOf(app!, 0),
            Embedded = (context, caller) => app!.Services.GetRequiredService<ObjectStoreCalls>().AnswerAsync(context, caller),
            CacheFolder = Path.Combine(settings.Workers.Folder, "objects"),
            CacheBytes = settings.Workers.StorageCacheMiB * 1024L * 1024,
        });
        services.AddSingleton<Readiness>();
        services.AddSingleton<MetricsCollector>();

        app = builder.Build();
        _ = app.Services.GetRequiredService<MetricsCollector>(); // from the first measurement on
        app.UseStorageGateway();
        app.MapSurface(Surface.S3, static s3 => s3.UseObjectStore());
        app.MapSurface(Surface.Api, static api =>
        {
            api.UseFunctionUrls();
            api.Map("/healthz", static healthz => healthz.Run(Readiness.AnswerAsync));
            api.Map("/metrics", static metrics => metrics.Run(PrometheusText.AnswerAsync));
            api.UseFunctionLogsApi();
            api.UseReplays();
            api.UseAttachedStores();
            api.UseLambdaApi();
        });
        return app;
    }

    private static Action<ILoggingBuilder> Logging(LogLevel level) => logging =>
    {
        logging.ClearProviders().SetMinimumLevel(level).AddFilter("Microsoft", LogLevel.Warning);
        logging.AddSimpleConsole(static console =>
        {
            console.SingleLine = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "HH:mm:ss.fff ";
        });
    };

    /// <summary>Addresses are in the order of the Listen calls, with the ports that were bound.</summary>
    private static Uri AddressOf(WebApplication app, int listener) =>
        new(app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.ElementAt(listener));

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _app.StartAsync(cancellationToken);
        }
        catch (IOException e) when (e.InnerException is Microsoft.AspNetCore.Connections.AddressInUseException)
        {
            throw new StartupException($"{e.Message} Another program listens there: choose other ports with --s3-port and --api-port.", e);
        }

        catch (InvalidDataException e)
        {
            throw new StartupException(e.Message, e); // secrets.key does not fit state.db
        }

        new RunningEndpoints(S3, Api).WriteTo(_data.Endpoints);
    }
}
