using System.IO.Pipelines;
using System.Net;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>One byte stream out of a sandbox, as Kestrel takes connections.</summary>
internal sealed class SandboxConnection : ConnectionContext, ISandboxConnection,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    // Never disposed: without a timer it holds nothing, and Kestrel may still look at its token when the connection is gone.
    private readonly CancellationTokenSource _closed = new();

    private readonly AbortableInput _input;
    private readonly Lock _ending = new();
    private bool _isCompleted; // a completed stream's flush cannot be cancelled any more, and says so by an exception

    public SandboxConnection(string id, IDuplexPipe stream, SandboxIdentity sandbox)
    {
        ConnectionId = id;
        _input = new AbortableInput(stream.Input);
        Transport = new DuplexPipe(_input, stream.Output);
        Sandbox = sandbox;
        ConnectionClosed = _closed.Token;
        Features.Set<ISandboxConnection>(this);
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
    }

    public SandboxIdentity Sandbox { get; }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; } = StorageGatewayEndPoint.Instance;

    public override EndPoint? RemoteEndPoint { get; set; }

    public override void Abort() => Abort(new ConnectionAbortedException("The storage gateway ended the connection."));

    public override void Abort(ConnectionAbortedException abortReason)
    {
        // What is being read or written ends now; completing the pipes is left to DisposeAsync, when Kestrel uses them no more.
        _input.Abort(abortReason);
        lock (_ending)
        {
            if (!_isCompleted)
            {
                Transport.Output.CancelPendingFlush();
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(static closed => closed.Cancel(), _closed, preferLocal: false); // callbacks run outside Kestrel's locks
    }

    public override async ValueTask DisposeAsync()
    {
        lock (_ending)
        {
            _isCompleted = true;
        }

        await Transport.Input.CompleteAsync();
        await Transport.Output.CompleteAsync();
        await base.DisposeAsync();
    }

    private sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
