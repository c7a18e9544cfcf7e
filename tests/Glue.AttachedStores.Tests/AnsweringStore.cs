using Glue.AttachedStores.Stores;
using Glue.AttachedStores.Tests.Polling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Glue.AttachedStores.Tests;

/// <summary>A store that answers as it is told to.</summary>
internal sealed class AnsweringStore : IAsyncDisposable
{
    private readonly WebApplication _server;

    private AnsweringStore(WebApplication server) => _server = server;

    public AttachedStore Store => PollUnderTest.Attached with { Endpoint = new Uri(_server.Urls.First()), Notify = StoreNotify.Webhook };

    public static async Task<AnsweringStore> StartAsync(RequestDelegate answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        var server = builder.Build();
        server.Run(answer);
        await server.StartAsync();
        return new AnsweringStore(server);
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();
}
