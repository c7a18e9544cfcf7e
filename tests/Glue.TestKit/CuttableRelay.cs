using System.Net;
using System.Net.Sockets;

namespace Glue.TestKit;

/// <summary>A wire between two programs that can be cut and mended: connections break, and new ones are hung up on, while it is cut.</summary>
public sealed class CuttableRelay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Uri _target;
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly List<TcpClient> _open = [];
    private readonly Task _accepting;
    private bool _isCut;

    /// <param name="target">Where it leads.</param>
    public CuttableRelay(Uri target)
    {
        _target = target;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    /// <summary>The near end.</summary>
    public Uri Address => new($"http://{_listener.LocalEndpoint}");

    public void Cut()
    {
        lock (_gate)
        {
            _isCut = true;
            _open.ForEach(static client => client.Dispose());
            _open.Clear();
        }
    }

    public void Mend()
    {
        lock (_gate)
        {
            _isCut = false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Cut();
        await _stop.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var near = await _listener.AcceptTcpClientAsync(_stop.Token);
                _ = RelayAsync(near); // ends with its connection, which Cut closes
            }
        }
        catch (OperationCanceledException)
        {
            // Disposed.
        }
    }

    private async Task RelayAsync(TcpClient near)
    {
        using var far = new TcpClient();
        try
        {
            await far.ConnectAsync(_target.Host, _target.Port);
            lock (_gate)
            {
                if (_isCut)
                {
                    near.Dispose();
                    return;
                }

                _open.AddRange([near, far]);
            }

            var (nearStream, farStream) = (near.GetStream(), far.GetStream());
            await Task.WhenAny(nearStream.CopyToAsync(farStream), farStream.CopyToAsync(nearStream));
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // Cut, or one end has gone.
        }
        finally
        {
            near.Dispose();
        }
    }
}
