using System.Diagnostics;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests.Fuzzing;

/// <summary>Sends broken calls to a port until the time is over; each is made of the seed and its number alone.</summary>
/// <param name="endpoint">http://host:port</param>
/// <param name="service">What signatures are for.</param>
/// <param name="credential">Whose they are.</param>
/// <param name="calls">What is broken.</param>
/// <param name="seed">Of everything.</param>
internal sealed class Fuzzer(string endpoint, string service, Credential credential, IReadOnlyList<FuzzCall> calls, int seed) : IDisposable
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
    private int _next;

    /// <summary>How many were answered, by status.</summary>
    public SortedDictionary<int, int> Answers { get; } = [];

    public async Task RunAsync(TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (clock.Elapsed < time)
            {
                await OneAsync(Interlocked.Increment(ref _next));
            }
        })));
    }

    public void Dispose() => _http.Dispose();

    private async Task OneAsync(int number)
    {
        var random = new Random(HashCode.Combine(seed, number));
        var mutations = new Mutations(random);
        if (mutations.OneIn(25))
        {
            await SendRawAsync(random);
            return;
        }

        var call = mutations.Pick(calls);
        var target = mutations.Target(call.Target);
        var body = call.Body is null ? [] : mutations.OneIn(5) ? Encoding.UTF8.GetBytes(call.Body) : mutations.Body(call.Body);
        var description = $"GLUE_SEED={seed}, call {number}: {call.Method} {target} {Encoding.UTF8.GetString(body.AsSpan(0, Math.Min(body.Length, 2000)))}";
        if (!Uri.TryCreate(endpoint + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }, out var uri))
        {
            return; // no client could send it
        }

        using var request = new HttpRequestMessage(new HttpMethod(mutations.Method(call.Method)), uri);
        if (call.Body is not null)
        {
            request.Content = new ByteArrayContent(body);
        }

        foreach (var (name, value) in mutations.ExtraHeaders().Concat(call.Header is { } header ? [header] : []))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        switch (random.Next(10))
        {
            case 0:
                break; // unsigned
            case 1:
                _signer.Sign(request, credential with { SecretAccessKey = "wrong" }, "us-east-1", service, Hash(body));
                break;
            default:
                _signer.Sign(request, credential, "us-east-1", service, Hash(body));
                break;
        }

        try
        {
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var status = (int)response.StatusCode;
            lock (Answers)
            {
                Answers[status] = Answers.GetValueOrDefault(status) + 1;
            }

            Assert.True(status is < 500 or 501 or 503, $"{description}\nwas answered {status}: {text}");
        }
        catch (HttpRequestException e) when (e.InnerException is IOException or SocketException || e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded)
        {
            // A connection may be cut when a request is refused before its body was read; that the server lives is asked at the end.
        }
        catch (TaskCanceledException e)
        {
            throw new TimeoutException($"{description}\nwas not answered within {Patience}", e);
        }
    }

    /// <summary>What is hardly HTTP at all: whatever comes back, or nothing, is fine.</summary>
    private async Task SendRawAsync(Random random)
    {
        var uri = new Uri(endpoint);
        var head = $"{(random.Next(2) == 0 ? "GET" : "P\0ST")} /{new string('a', random.Next(200))} HTTP/1.{random.Next(4)}\r\nHost: x\r\nContent-Length: {random.Next(-5, 50)}\r\nTransfer-Encoding: {(random.Next(2) == 0 ? "chunked" : "x")}\r\n\r\n";
        var noise = new byte[random.Next(400)];
        random.NextBytes(noise);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(uri.Host, uri.Port);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head));
            await stream.WriteAsync(noise);
            client.Client.Shutdown(SocketShutdown.Send);
            using var limit = new CancellationTokenSource(Patience);
            while (await stream.ReadAsync(new byte[4096], limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Refused.
        }
    }

    private static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
