using Glue.Contracts.Channel;
using Glue.Guest.Native;

namespace Glue.Guest.RuntimeApi;

/// <summary>Who is connected to the Runtime API: a fixed number of slots, used again and again.</summary>
internal sealed class ApiConnections
{
    private const int Most = 32;

    private readonly ApiConnection[] _all = new ApiConnection[Most];
    private readonly int _listener;

    public ApiConnections(Poll poll)
    {
        for (var i = 0; i < Most; i++)
        {
            _all[i] = new ApiConnection(i, poll);
        }

        _listener = Loopback.Listen(ChannelProtocol.RuntimeApiPort, Most);
        poll.Add(_listener, Libc.EPOLLIN, Source.ApiListener);
    }

    public ApiConnection this[int index] => _all[index];

    public ReadOnlySpan<ApiConnection> All => _all;

    public void Accept()
    {
        var fd = Loopback.Accept(_listener);
        if (fd < 0)
        {
            return;
        }

        foreach (var connection in _all)
        {
            if (!connection.IsOpen)
            {
                connection.Open(fd);
                return;
            }
        }

        Libc.close(fd); // no runtime holds 32 connections; the next one that is needed can still come
    }
}
