using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Glue.Foundation.Signing;
using Glue.Foundation.Sqlite;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.ObjectStore.TestHost;

/// <summary>The object store on a real Kestrel, http and https on free ports of 127.0.0.1.</summary>
public sealed class StoreServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private StoreServer(WebApplication app, SqliteDatabase database, TableJournal journal, MemoryNotifications notifications)
    {
        (_app, Database, Journal, Notifications) = (app, database, journal, notifications);
        var addresses = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        Endpoint = addresses.Single(static address => address.StartsWith("http://127.", StringComparison.Ordinal));
        SecureEndpoint = addresses.Single(static address => address.StartsWith("https:", StringComparison.Ordinal));
    }

    /// <summary><c>http://127.0.0.1:PORT</c>.</summary>
    public string Endpoint { get; }

    /// <summary>The same with a self-signed certificate.</summary>
    public string SecureEndpoint { get; }

    /// <summary>For whoever needs no connection.</summary>
    public ObjectStoreCalls Calls => _app.Services.GetRequiredService<ObjectStoreCalls>();

    public SqliteDatabase Database { get; }

    public TableJournal Journal { get; }

    public MemoryNotifications Notifications { get; }

    public static async Task<StoreServer> StartAsync(string folder)
    {
        var database = SqliteDatabase.Open(Path.Combine(folder, "store.db"));
        database.Migrate("test", "CREATE TABLE test_journal(id INTEGER PRIMARY KEY, change TEXT NOT NULL)");
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8; // as in the host
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, static listen => listen.UseHttps(SelfSigned()));
        });
        var journal = new TableJournal(() => database);
        var notifications = new MemoryNotifications();
        builder.Services.AddSingleton<ICredentialSource, TestKeys>();
        builder.Services.AddSingleton<IObjectEventJournal>(journal);
        builder.Services.AddSingleton<IBucketNotifications>(notifications);
        builder.Services.AddSingleton<IObjectEventText, ShortEventText>();
        builder.Services.AddObjectStore(_ => database, new ObjectStoreOptions { DataFolder = folder, LifecycleInterval = TimeSpan.FromSeconds(1) });
        var app = builder.Build();
        app.UseObjectStore();
        await app.StartAsync();
        return new StoreServer(app, database, journal, notifications);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        await Database.DisposeAsync();
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null);
    }
}
