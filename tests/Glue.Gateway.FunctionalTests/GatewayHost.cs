using System.Diagnostics.Metrics;
using System.IO.Pipelines;
using Glue.Contracts.Functions;
using Glue.Foundation.Signing;
using Glue.Workers.Gateway;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Glue.Gateway.FunctionalTests;

/// <summary>The gateway in a host of its own, wired as its documentation says, and sandboxes that talk to it.</summary>
internal sealed class GatewayHost : IAsyncDisposable
{
    public const string Account = "111111111111";
    public const string OtherAccount = "222222222222";

    private readonly WebApplication _app;
    private readonly List<SandboxBridge> _bridges = [];

    private GatewayHost(WebApplication app) => _app = app;

    public SocketsHttpHandler ClientHandler { get; } = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        Expect100ContinueTimeout = TimeSpan.FromSeconds(30), // on a busy machine the answer takes its time, and what is tested is that it is waited for
    };

    public static async Task<GatewayHost> StartAsync(
        Func<Uri> upstream, IStorageCredentials credentials, TestPolicies? policies = null, IUpstreamStores? attached = null, StorageGatewayOptions? options = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton(credentials);
        builder.Services.AddSingleton<IStoragePolicies>(policies ?? new TestPolicies());
        if (attached is not null)
        {
            builder.Services.AddSingleton(attached);
        }

        builder.Services.AddStorageGateway(options ?? new StorageGatewayOptions { Upstream = upstream });
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.ListenStorageGateway();
            kestrel.Listen(System.Net.IPAddress.Loopback, 0); // beside it, an ordinary endpoint
            kestrel.ResponseHeaderEncodingSelector = static _ => System.Text.Encoding.UTF8;
        });
        var app = builder.Build();
        app.UseStorageGateway();
        app.Run(static context => context.Response.WriteAsync("not from a sandbox"));
        await app.StartAsync();
        return new GatewayHost(app);
    }

    public Uri OrdinaryAddress => new(_app.Urls.Single(url => url.Contains("127.0.0.1", StringComparison.Ordinal)));

    /// <param name="account">Whose function it runs.</param>
    /// <param name="lineageDepth">Of the invocation that runs.</param>
    /// <param name="isTemplate">It is to become a snapshot.</param>
    /// <param name="overChannel">Its connections come as a microVM's do; else the gateway has its port.</param>
    public (SandboxBridge Bridge, SandboxIdentity Sandbox) StartSandbox(string account = Account, int lineageDepth = 0, bool isTemplate = false, bool overChannel = false)
    {
        var sandbox = new SandboxIdentity($"sandbox-{_bridges.Count}", new FunctionVersion
        {
            AccountId = account, Name = "f", Version = "$LATEST", Arn = $"arn:aws:lambda:us-east-1:{account}:function:f:$LATEST",
            RevisionId = "1", Runtime = "provided.al2023", Handler = "bootstrap", Role = $"arn:aws:iam::{account}:role/worker", CodeSha256 = "",
        }, isTemplate) { CurrentLineageDepth = lineageDepth };
        var bridge = new SandboxBridge(_app.Services.GetRequiredService<IStorageGateway>(), sandbox, overChannel);
        _bridges.Add(bridge);
        return (bridge, sandbox);
    }

    /// <summary>A connection out of a sandbox as its channel makes it: who leaves ends both ways.</summary>
    public void Accept(IDuplexPipe connection, SandboxIdentity sandbox) => _app.Services.GetRequiredService<IStorageGateway>().Accept(connection, sandbox);

    /// <summary>A port as an agent hands it over.</summary>
    public Task ServeAsync(System.Net.Sockets.Socket port, SandboxIdentity sandbox, CancellationToken isOver) =>
        _app.Services.GetRequiredService<IStorageGateway>().ServeAsync(port, sandbox, isOver);

    /// <summary>Told of everything this host's gateway counts from now on.</summary>
    public MeterListener Counting(Action<string, long> counted)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listening) =>
            {
                if (instrument.Meter.Scope == _app.Services.GetRequiredService<IMeterFactory>())
                {
                    listening.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counted(instrument.Name + string.Concat(tags.ToArray().Select(static tag => $" {tag.Value}")), value));
        listener.Start();
        return listener;
    }

    /// <summary>Keys as a sandbox's environment has them.</summary>
    public SessionKey KeysOf(SandboxIdentity sandbox, TimeSpan? lifetime = null) =>
        _app.Services.GetRequiredService<SessionKeys>().Issue(sandbox, lifetime ?? SessionKeys.Lifetime);

    public HttpClient HttpClient(SandboxBridge bridge) => new(ClientHandler, disposeHandler: false) { BaseAddress = bridge.Address };

    public async ValueTask DisposeAsync()
    {
        ClientHandler.Dispose();
        foreach (var bridge in _bridges)
        {
            await bridge.DisposeAsync();
        }

        await _app.DisposeAsync();
    }
}
