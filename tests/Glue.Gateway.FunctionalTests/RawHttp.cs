using System.Net.Sockets;
using System.Text;

namespace Glue.Gateway.FunctionalTests;

/// <summary>Bytes in, all bytes out: for what no HTTP client would send.</summary>
internal static class RawHttp
{
    /// <param name="address">Host and port.</param>
    /// <param name="request">Must make the other side close the connection.</param>
    public static async Task<string> SendAsync(Uri address, params IEnumerable<ReadOnlyMemory<byte>> request)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await using var stream = client.GetStream();
        foreach (var part in request)
        {
            await stream.WriteAsync(part);
        }

        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync(limit.Token);
    }
}
