using System.Collections.Concurrent;
using Glue.Contracts.Storage;
using Glue.Foundation.Sqlite;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.FunctionalTests.Replays;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Rules;
using Glue.StorageEvents.Tests.Rules;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.FunctionalTests.Intake;

/// <summary>
/// storage-events composed as the host composes it, over the database files of a folder. Dispose it and make another over the same
/// folder: that is a restart.
/// </summary>
internal sealed class StorageEventsUnderTest : IAsyncDisposable
{
    private readonly IHost _host;

    private StorageEventsUnderTest(IHost host, SqliteDatabase store, SqliteDatabase state, LogLines lines)
    {
        _host = host;
        Store = store;
        State = state;
        Lines = lines;
    }

    public SqliteDatabase Store { get; }

    public SqliteDatabase State { get; }

    /// <summary>What was logged at Warning and above.</summary>
    public LogLines Lines { get; }

    public IServiceProvider Services => _host.Services;

    public SqliteEventLog EventLog => _host.Services.GetRequiredService<SqliteEventLog>();

    public BucketNotifications Notifications => _host.Services.GetRequiredService<BucketNotifications>();

    public SqliteRejectedRecords Rejected => _host.Services.GetRequiredService<SqliteRejectedRecords>();

    public static async Task<StorageEventsUnderTest> StartAsync(
        TempFolder folder, IInvocationIntake intake, FakeFunctions? functions = null, Action<IServiceCollection>? change = null, KafkaEventLogOptions? kafka = null)
    {
        var store = SqliteDatabase.Open(folder["store.db"]);
        var state = SqliteDatabase.Open(folder["state.db"]);
        var lines = new LogLines(LogLevel.Warning);
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.AddProvider(lines).SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddSingleton<IFunctionDirectory>(functions ?? new FakeFunctions());
        builder.Services.AddSingleton(intake);
        builder.Services.AddSingleton(new FakeBuckets());
        builder.Services.AddSingleton<IBucketListing>(static provider => provider.GetRequiredService<FakeBuckets>());
        builder.Services.AddSingleton<IDeliveries>(static provider => provider.GetRequiredService<FakeBuckets>());
        builder.Services.AddStorageEvents(
            new StorageEventsOptions { RetryFirst = TimeSpan.FromMilliseconds(1), RetryMaximum = TimeSpan.FromMilliseconds(10), SourceRetryMaximum = TimeSpan.FromMilliseconds(10), BatchRecords = 10, ReplayTurn = TimeSpan.FromMilliseconds(100) },
            _ => store,
            _ => state,
            kafka);
        change?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return new StorageEventsUnderTest(host, store, state, lines);
    }

    public Task PutRulesAsync(params BucketRule[] rules) =>
        Notifications.PutAsync("000000000000", "photos", new BucketNotificationConfiguration(rules), CancellationToken.None);

    /// <summary>As the object store does it: inside a transaction, then the wake-up.</summary>
    public async Task RecordAsync(params ObjectChange[] changes)
    {
        await Store.WriteAsync(write =>
        {
            foreach (var change in changes)
            {
                EventLog.Record(write, change);
            }
        });
        EventLog.Recorded();
    }

    public Task AppendAsync(string json) =>
        EventLog.AppendAsync([new EventLogMessage("foreign", System.Text.Encoding.UTF8.GetBytes(json))], CancellationToken.None);

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await ((IAsyncDisposable)_host).DisposeAsync();
        await Store.DisposeAsync();
        await State.DisposeAsync();
    }
}
