using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Foundation.InProcess;

/// <summary>One byte stream, as Kestrel takes connections.</summary>
public sealed class InProcessConnection : ConnectionContext,
    IConnectionIdFeature, IConnectionTransportFeature, IConnectionItemsFeature, IConnectionLifetimeFeature, IConnectionEndPointFeature
{
    // Never disposed: without a timer it holds nothing, and Kestrel may still look at its token when the connection is gone.
    private readonly CancellationTokenSource _closed = new();

    private readonly AbortableInput _input;
    private readonly Lock _ending = new();
    private bool _isCompleted; // a completed stream's flush cannot be cancelled any more, and says so by an exception

    /// <param name="id">Unique in the process.</param>
    /// <param name="stream">What the server reads, and where it writes.</param>
    /// <param name="endPoint">Both ends of it.</param>
    public InProcessConnection(string id, IDuplexPipe stream, EndPoint endPoint)
    {
        ConnectionId = id;
        _input = new AbortableInput(stream.Input);
        Transport = new DuplexPipe(_input, stream.Output);
        ConnectionClosed = _closed.Token;
        LocalEndPoint = RemoteEndPoint = endPoint;
        Features.Set<IConnectionIdFeature>(this);
        Features.Set<IConnectionTransportFeature>(this);
        Features.Set<IConnectionItemsFeature>(this);
        Features.Set<IConnectionLifetimeFeature>(this);
        Features.Set<IConnectionEndPointFeature>(this);
    }

    public override string ConnectionId { get; set; }

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new ConnectionItems();

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    public override void Abort() => Abort(new ConnectionAbortedException("The server ended the connection."));

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
}
