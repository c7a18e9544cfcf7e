using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>Gives every request one answer, and keeps them as they came in.</summary>
internal sealed partial class FakeHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _end = new();
    private readonly string _answer;
    private readonly Task _serving;

    /// <param name="status">HTTP's, with its words.</param>
    /// <param name="body">Of every answer.</param>
    public FakeHost(string status, string body)
    {
        _answer = $"HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {body.Length}\r\n\r\n{body}";
        _listener.Start();
        _serving = ServeAsync();
    }

    public string Endpoint => $"http://{_listener.LocalEndpoint}";

    /// <summary>Head and body, in Latin-1.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _serving;
        _listener.Dispose();
        _end.Dispose();
    }

    private async Task ServeAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
            {
                connections.Add(AnswerAsync(await _listener.AcceptTcpClientAsync(_end.Token)));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task AnswerAsync(TcpClient accepted)
    {
        using var client = accepted;
        try
        {
            await using var stream = client.GetStream();
            var request = new StringBuilder();
            var buffer = new byte[16 * 1024];
            while (!IsWhole(request.ToString()) && await stream.ReadAsync(buffer, _end.Token) is > 0 and var read)
            {
                request.Append(Encoding.Latin1.GetString(buffer, 0, read));
            }

            Requests.Enqueue(request.ToString());
            await stream.WriteAsync(Encoding.Latin1.GetBytes(_answer), _end.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over, or the bytes were no HTTP and their sender is gone.
        }
    }

    private static bool IsWhole(string request) =>
        request.IndexOf("\r\n\r\n", StringComparison.Ordinal) is >= 0 and var end
        && request.Length - end - 4 >= (ContentLength().Match(request[..end]) is { Success: true } match ? int.Parse(match.Groups["bytes"].Value, CultureInfo.InvariantCulture) : 0);

    [GeneratedRegex(@"^content-length: (?<bytes>\d+)", RegexOptions.IgnoreCase | RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex ContentLength();
}
