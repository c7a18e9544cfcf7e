using System.Net;
using Glue.Contracts.Storage;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore;
using Glue.StorageEvents.EventLog;
using Glue.StorageEvents.FunctionalTests.Replays;
using Glue.StorageEvents.Intake;
using Glue.StorageEvents.Replays;
using Glue.StorageEvents.Rules;
using Glue.StorageEvents.S3Events;
using Glue.StorageEvents.Tests.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.StorageEvents.FunctionalTests.ObjectStore;

/// <summary>The real object store and storage-events on one database file, joined as the host joins them, behind the S3 API on a free port.</summary>
internal sealed class StoreStack : IAsyncDisposable
{
    public static readonly Credential Credential = new("GLUETESTKEY", "glue-test-secret", "000000000000", "AWS:GLUETESTKEY");

    private readonly WebApplication _app;
    private readonly SqliteDatabase _store;
    private readonly SqliteDatabase _state;

    private StoreStack(WebApplication app, SqliteDatabase store, SqliteDatabase state)
    {
        _app = app;
        _store = store;
        _state = state;
    }

    public string Endpoint => _app.Urls.Single();

    public static async Task<StoreStack> StartAsync(string folder, IInvocationIntake intake, FakeFunctions functions)
    {
        var store = SqliteDatabase.Open(Path.Combine(folder, "store.db"));
        var state = SqliteDatabase.Open(Path.Combine(folder, "state.db"));
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddSingleton<ICredentialSource>(new OneCredential());
        builder.Services.AddSingleton<IFunctionDirectory>(functions);
        builder.Services.AddSingleton<IBucketListing, FakeBuckets>().AddSingleton<IDeliveries, FakeBuckets>();
        builder.Services.AddSingleton(intake);
        builder.Services.AddStorageEvents(new StorageEventsOptions { BatchRecords = 20 }, _ => store, _ => state);
        builder.Services.AddObjectStore(_ => store, new ObjectStoreOptions { DataFolder = Path.Combine(folder, "objects") });
        builder.Services.AddSingleton<IObjectEventJournal, Journal>().AddSingleton<IObjectEventText, Text>();
        builder.Services.AddSingleton<IBucketNotifications, NotificationsOfStore>();
        var app = builder.Build();
        app.UseObjectStore();
        await app.StartAsync();
        return new StoreStack(app, store, state);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _store.DisposeAsync();
        await _state.DisposeAsync();
    }

    private sealed class OneCredential : ICredentialSource
    {
        public Credential? Find(string accessKeyId) => accessKeyId == Credential.AccessKeyId ? Credential : null;
    }

    private sealed class Journal(SqliteEventLog log) : IObjectEventJournal
    {
        public void Record(SqliteWrite write, ObjectChange change) => log.Record(write, change);

        public void Recorded() => log.Recorded();
    }

    private sealed class Text : IObjectEventText
    {
        public byte[] Write(ObjectChange change) => ListenedEvents.Write(change, "us-east-1");
    }

    private sealed class NotificationsOfStore(BucketNotifications notifications) : IBucketNotifications
    {
        public Task<BucketNotificationConfiguration> GetAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
            notifications.GetAsync(accountId, bucket, cancellationToken);

        public Task PutAsync(string accountId, string bucket, BucketNotificationConfiguration configuration, CancellationToken cancellationToken) =>
            notifications.PutAsync(accountId, bucket, configuration, cancellationToken);

        public Task BucketDeletedAsync(string accountId, string bucket, CancellationToken cancellationToken) =>
            notifications.BucketDeletedAsync(accountId, bucket, cancellationToken);
    }
}
