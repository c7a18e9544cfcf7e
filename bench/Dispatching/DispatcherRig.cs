using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.Contracts.Storage;
using Glue.Dispatcher;
using Glue.Dispatcher.Functions;
using Glue.Dispatcher.Placement;
using Glue.Dispatcher.Queue;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Rules;
using Glue.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.Bench.Dispatching;

/// <summary>
/// The production event log (SQLite or Kafka), intake, queue, scheduler and dispatch loop on SQLite, with a worker that only waits as long as it is told.
/// </summary>
internal sealed class DispatcherRig : IAsyncDisposable, IWorker, IFunctionDirectory, IInvocationIntake
{
    private readonly TempFolder _folder;
    private readonly bool _ownsFolder;
    private readonly SqliteDatabase _state;
    private readonly SqliteDatabase _queue;
    private readonly SqliteDatabase _store;
    private readonly IHost _host;
    private readonly Func<FunctionVersion, InvokeRequest, Task<InvokeOutcome>> _work;
    private bool _isStarted;

    /// <param name="places">Runs at once.</param>
    /// <param name="work">The worker.</param>
    /// <param name="folder">Of a former rig, to go on with; null: a new one, deleted with this rig.</param>
    /// <param name="kafka">Where the event log is; null: in SQLite.</param>
    public DispatcherRig(int places, Func<FunctionVersion, InvokeRequest, Task<InvokeOutcome>> work, TempFolder? folder = null, KafkaEventLogOptions? kafka = null)
    {
        (_work, _folder, _ownsFolder) = (work, folder ?? new TempFolder(), folder is null);
        _state = SqliteDatabase.Open(_folder["state.db"]);
        _queue = SqliteDatabase.Open(_folder["queue.db"]);
        _store = SqliteDatabase.Open(_folder["store.db"]);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IWorker>(this);
        builder.Services.AddDispatcher(
            new DispatcherOptions { CodeFolder = _folder["code"], SecretKeyFile = _folder["secrets.key"], MaxAsyncInvocations = places, DrainTimeout = TimeSpan.FromSeconds(1) },
            _ => _state, _ => _queue);
        builder.Services.AddStorageEvents(new StorageEventsOptions(), _ => _store, _ => _state, kafka);
        builder.Services.AddSingleton<IFunctionDirectory>(this).AddSingleton<IInvocationIntake>(this).AddSingleton<IBucketListing, NoBuckets>().AddSingleton<IDeliveries, NoBuckets>();
        _host = builder.Build();
    }

    string IWorker.Id => "bench";

    WorkerStatus IWorker.Status { get; } = new() { FreeMemoryMiB = 100_000 };

    public IInvocationQueue Queue => _host.Services.GetRequiredService<IInvocationQueue>();

    public IEventLog Log => _host.Services.GetRequiredService<IEventLog>();

    /// <summary>Entries whose heads are in memory now.</summary>
    public int HeadCount => _host.Services.GetRequiredService<EmbeddedInvocationQueue>().HeadCount;

    public static InvokeOutcome Success { get; } = new() { Status = InvokeStatus.Succeeded };

    public static InvokeOutcome Failure { get; } = new() { Status = InvokeStatus.FunctionError, Payload = "{}"u8.ToArray() };

    public Task DeployAsync(string account, string name) => _host.Services.GetRequiredService<FunctionStore>().ChangeAsync(
        account, name, zip: null,
        (_, _) => new FunctionState
        {
            AccountId = account, Name = name, RevisionId = "1", Runtime = "provided.al2023", Handler = "bootstrap", Role = "arn:aws:iam::000000000000:role/bench",
            CodeSha256 = "none", CodeSizeBytes = 0, Architecture = "x86_64", LastModified = TimeProvider.System.GetUtcNow(),
        },
        CancellationToken.None);

    /// <summary>A bucket whose every new object goes to a function of its account.</summary>
    public Task AddRuleAsync(string account, string bucket, string function) => _host.Services.GetRequiredService<BucketNotifications>().PutAsync(
        account, bucket,
        new BucketNotificationConfiguration([new BucketRule
        {
            Id = "rule", FunctionArn = $"arn:aws:lambda:us-east-1:{account}:function:{function}", Events = ["s3:ObjectCreated:*"],
        }]),
        CancellationToken.None);

    public Task StartAsync()
    {
        _isStarted = true;
        return _host.StartAsync();
    }

    public static Invocation New(string account, string function, ReadOnlyMemory<byte> payload) => new()
    {
        Id = Guid.CreateVersion7().ToString(), AccountId = account, FunctionName = function, Payload = payload, AcceptedAt = TimeProvider.System.GetUtcNow(),
    };

    Task<InvokeOutcome> IWorker.InvokeAsync(FunctionVersion version, InvokeRequest request, CancellationToken cancellationToken) => _work(version, request);

    void IWorker.Provision(IReadOnlyCollection<ProvisionedVersion> wanted)
    {
        // Nothing is ever provisioned here.
    }

    ProvisionedState IWorker.ProvisionedOf(FunctionVersion version) => default;

    Glue.StorageEvents.Rules.FunctionTarget? IFunctionDirectory.Find(string functionArn) => new(new Dictionary<string, string>());

    bool IFunctionDirectory.AllowsS3(string functionArn, string bucketArn, string bucketAccount) => true;

    Task<int> IInvocationIntake.EnqueueAsync(IReadOnlyList<Invocation> batch, CancellationToken cancellationToken) => Queue.EnqueueAsync(batch, cancellationToken);

    Task IWorker.RetireAsync(string functionArn, CancellationToken cancellationToken) => Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_isStarted)
        {
            await _host.StopAsync();
        }

        _host.Dispose();
        await _queue.DisposeAsync();
        await _store.DisposeAsync();
        await _state.DisposeAsync();
        if (_ownsFolder)
        {
            _folder.Dispose();
        }
    }

    /// <summary>No bucket is ever listed here.</summary>
    private sealed class NoBuckets : IBucketListing, IDeliveries
    {
        public DateTimeOffset RememberedSince => DateTimeOffset.MinValue;

        public Task<long?> CountAsync(string bucket, string prefix, CancellationToken cancellationToken) => Task.FromResult<long?>(0);

        public Task<IReadOnlyList<ObjectChange>> ReadAsync(string bucket, string prefix, string? after, int maxKeys, CancellationToken cancellationToken) =>
            Task.FromResult<IReadOnlyList<ObjectChange>>([]);

        public bool Has(Invocation invocation, DateTimeOffset modifiedAt) => true;
    }
}
