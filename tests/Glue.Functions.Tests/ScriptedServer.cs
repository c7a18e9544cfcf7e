using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Glue.Functions.Tests;

/// <summary>Answers each connection with prepared bytes, one answer per request head, then closes it.</summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly Task _serving;

    public ScriptedServer(params string[][] connections)
    {
        _listener.Start();
        _serving = ServeAsync(connections);
    }

    public int Connections { get; private set; }

    public List<string> Requests { get; } = [];

    public string Address => _listener.LocalEndpoint.ToString()!;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        try
        {
            await _serving;
        }
        catch (SocketException)
        {
            // Stopped while waiting for a connection that never came.
        }
    }

    private async Task ServeAsync(string[][] connections)
    {
        foreach (var answers in connections)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            Connections++;
            await using var stream = client.GetStream();
            foreach (var answer in answers)
            {
                Requests.Add(await ReadRequestAsync(stream));
                await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
            }
        }
    }

    private static async Task<string> ReadRequestAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal) && await stream.ReadAsync(one) > 0)
        {
            text.Append((char)one[0]);
        }

        var announced = text.ToString().Split("Content-Length: ");
        for (var left = announced.Length > 1 ? int.Parse(announced[1].Split('\r')[0]) : 0; left > 0 && await stream.ReadAsync(one) > 0; left--)
        {
            text.Append((char)one[0]);
        }

        return text.ToString();
    }
}
