using Glue.Foundation.Http;
using Glue.Foundation.Signing;
using Glue.Workers.Gateway.Cache;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Glue.Workers.Gateway;

/// <summary>
/// What a host adds to have a storage gateway: services, an endpoint of Kestrel, and a branch at the head of its pipeline.
/// <code>
/// builder.Services.AddStorageGateway(options);                                  // and IStorageCredentials, IStoragePolicies
/// builder.WebHost.ConfigureKestrel(kestrel => kestrel.ListenStorageGateway());
/// app.UseStorageGateway();                                                      // before everything else
/// </code>
/// </summary>
public static class StorageGatewayServices
{
    public static IServiceCollection AddStorageGateway(this IServiceCollection services, StorageGatewayOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SigV4Signer>();
        services.AddMetrics();
        services.AddSingleton(options);
        services.AddSingleton<SandboxPorts>();
        services.AddSingleton<StorageGateway>();
        services.AddSingleton<IStorageGateway>(static provider => provider.GetRequiredService<StorageGateway>());
        services.AddSingleton<IConnectionListenerFactory>(static provider => provider.GetRequiredService<StorageGateway>().Listener);
        services.AddSingleton<GatewayMetrics>();
        services.TryAddSingleton<SessionKeys>();
        services.AddSingleton<SessionCredentials>();
        services.AddSingleton<StorageAccess>();
        services.TryAddSingleton<IUpstreamStores, NoAttachedStores>();
        services.AddSingleton<UpstreamChoice>();
        services.AddSingleton<EmbeddedStore>();
        services.AddSingleton<UpstreamRequest>();
        services.AddSingleton<ObjectCache>();
        services.AddSingleton<ReadThrough>();
        services.AddSingleton<GatewayForwarder>();
        return services;
    }

    /// <summary>Takes the connections that <see cref="IStorageGateway"/> is given.</summary>
    public static void ListenStorageGateway(this KestrelServerOptions kestrel) =>
        kestrel.Listen(StorageGateway.EndPoint, static listen => listen.Protocols = HttpProtocols.Http1);

    /// <summary>Answers requests that came out of a sandbox, and only those; they see nothing else of the pipeline.</summary>
    public static IApplicationBuilder UseStorageGateway(this IApplicationBuilder app)
    {
        var forwarder = app.ApplicationServices.GetRequiredService<GatewayForwarder>();
        return app.Use(next => context =>
        {
            if (context.Features.Get<ISandboxConnection>() is null)
            {
                return next(context);
            }

            ExpectContinue.EndWithFinalAnswer(context);
            return forwarder.ForwardAsync(context);
        });
    }
}
