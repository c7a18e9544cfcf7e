using Glue.Foundation.Http;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Cors;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Forms;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Lifecycle;
using Glue.ObjectStore.Listening;
using Glue.ObjectStore.Listing;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Notifications;
using Glue.ObjectStore.Objects;
using Glue.ObjectStore.Scrub;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore;

/// <summary>Composes the embedded object store.</summary>
public static class ObjectStoreRegistration
{
    /// <summary>
    /// Adds the store. The host registers <see cref="ICredentialSource"/>, <see cref="IObjectEventJournal"/>, <see cref="IObjectEventText"/> and
    /// <see cref="IBucketNotifications"/>; a <see cref="TimeProvider"/> is added when there is none.
    /// </summary>
    /// <param name="services">The host's.</param>
    /// <param name="database">Gives the file that holds the store's metadata and the journal's records, so that both share a transaction.</param>
    /// <param name="options">Checked here.</param>
    /// <exception cref="System.ComponentModel.DataAnnotations.ValidationException">The options have faults; lists all of them.</exception>
    public static IServiceCollection AddObjectStore(
        this IServiceCollection services, Func<IServiceProvider, SqliteDatabase> database, ObjectStoreOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        services.TryAddSingleton(TimeProvider.System);
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<ObjectStoreMetrics>();
        services.AddSingleton<DiskThreads>();
        services.AddSingleton(provider => new BlobFiles(
            Path.Combine(options.DataFolder, "blobs"), provider.GetRequiredService<DiskThreads>(),
            new SmallBodies(provider.GetRequiredService<StoreDatabase>().Database), new DamagedBlobs(provider.GetRequiredService<StoreDatabase>().Database)));
        services.AddSingleton(provider => new StoreDatabase(database(provider)));
        services.AddSingleton(static provider => new BucketCatalog(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton<IBucketOwners>(static provider => provider.GetRequiredService<BucketCatalog>());
        services.AddSingleton(static provider => new ObjectCatalog(
            provider.GetRequiredService<StoreDatabase>().Database, provider.GetRequiredService<BlobFiles>(),
            new FedJournal(provider.GetRequiredService<IObjectEventJournal>(), provider.GetRequiredService<ChangeFeed>())));
        services.AddSingleton(static provider => new UploadCatalog(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new KeyLister(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new PresentObjects(provider.GetRequiredService<BucketCatalog>(), provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new VersionLister(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new LifecycleCandidates(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new StoredBodies(provider.GetRequiredService<StoreDatabase>().Database));
        services.AddSingleton(static provider => new BucketNames(provider.GetRequiredService<BucketCatalog>()));
        services.AddSingleton<VerifyOperation>();
        services.AddSingleton<ChangeFeed>().AddSingleton<ListenOperation>();
        services.AddSingleton<BucketQuota>();
        services.AddSingleton<VersioningOperations>();
        services.AddSingleton<DocumentOperations>();
        services.AddSingleton<PolicyOperations>();
        services.AddSingleton<AccessControlLists>();
        services.AddSingleton<CrossOrigin>();
        services.AddSingleton<FormSignature>();
        services.AddSingleton<FormUploads>();
        services.AddSingleton<VersionListings>();
        services.AddSingleton<TagOperations>();
        services.AddSingleton<ObjectAttributes>();
        services.AddSingleton<CopiedChecksums>();
        services.AddSingleton<LifecycleRun>();
        services.AddSingleton<IHostedService, LifecycleLoop>();
        services.AddSingleton<CopySources>();
        services.AddSingleton<BucketOperations>();
        services.AddSingleton<NotificationOperations>();
        services.AddSingleton<ObjectListings>();
        services.AddSingleton<ObjectReads>();
        services.AddSingleton<ObjectWrites>();
        services.AddSingleton<DeleteMany>();
        services.AddSingleton<MultipartUploads>();
        services.AddSingleton<PartUploads>();
        services.AddSingleton<UploadListings>();
        services.AddSingleton<S3Operations>();
        services.TryAddSingleton<SigV4Verifier>();
        services.AddSingleton<LegacyPresignedUrl>();
        services.AddSingleton<S3Endpoint>();
        services.AddSingleton(static provider => new ObjectStoreCalls(provider.GetRequiredService<S3Endpoint>()));
        services.AddSingleton<IHostedService>(static provider => new BlobSweep(
            provider.GetRequiredService<BlobFiles>(), provider.GetRequiredService<StoreDatabase>().Database,
            provider.GetRequiredService<ILogger<BlobSweep>>()));
        return services;
    }

    /// <summary>Ends the pipeline with the S3 API: every request that comes here is S3's.</summary>
    public static IApplicationBuilder UseObjectStore(this IApplicationBuilder app)
    {
        ArgumentNullException.ThrowIfNull(app);
        var endpoint = app.ApplicationServices.GetRequiredService<S3Endpoint>();
        app.Run(http =>
        {
            ExpectContinue.EndWithFinalAnswer(http);
            return endpoint.HandleAsync(http);
        });
        return app;
    }

    /// <summary>The handed-in database with the store's tables in it. The host disposes it, being its owner.</summary>
    private sealed class StoreDatabase
    {
        public StoreDatabase(SqliteDatabase database)
        {
            Schema.Migrate(database);
            Database = database;
        }

        public SqliteDatabase Database { get; }
    }
}
