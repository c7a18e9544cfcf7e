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
/// <param name="seed">Of the run.</param>
/// <param name="fuzzer">Its number in the run: no two make the same of one seed.</param>
internal sealed class Fuzzer(string endpoint, string service, Credential credential, IReadOnlyList<FuzzCall> calls, int seed, int fuzzer) : IDisposable
{
    private const int AtOnce = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(100);

    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { Timeout = Patience };
    private int _next;

    /// <summary>How many were answered, by status.</summary>
    public SortedDictionary<int, int> Answers { get; } = [];

    /// <exception cref="FuzzException">One was not answered as it must be.</exception>
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

    private Task OneAsync(int number)
    {
        var random = Chance.Of(seed, fuzzer, number);
        return random.Next(25) == 0 ? SendRawAsync(number, random) : SendAsync(number, random);
    }

    private async Task SendAsync(int number, Random random)
    {
        var mutations = new Mutations(random);
        var call = mutations.Pick(calls);
        var target = mutations.Target(call.Target);
        var body = call.Body is null ? [] : mutations.OneIn(5) ? Encoding.UTF8.GetBytes(call.Body) : mutations.Body(call.Body);
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

        var sent = SentCall.Of(request, body, Sign(request, body, random.Next(10)));
        FuzzException Failure(string what) => new(seed, service, number, sent, what);

        try
        {
            using var response = await _http.SendAsync(request);
            var text = await response.Content.ReadAsStringAsync();
            var status = (int)response.StatusCode;
            lock (Answers)
            {
                Answers[status] = Answers.GetValueOrDefault(status) + 1;
            }

            if (status is >= 500 and not (501 or 503))
            {
                throw Failure(IsFullDisk(status, text) ? $"this machine's disk is full, for which no call is to blame: {status} {text}" : $"answered {status} {text}");
            }
        }
        catch (HttpRequestException e) when (e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused })
        {
            throw Failure("nobody listens any more: this call, or one shortly before it, ended the process");
        }
        catch (HttpRequestException e) when (e.InnerException is IOException or SocketException || e.HttpRequestError is HttpRequestError.InvalidResponse or HttpRequestError.ResponseEnded)
        {
            // A connection may be cut when a request is refused before its body was read; that the server lives is asked at the end.
        }
        catch (TaskCanceledException)
        {
            throw Failure($"was not answered within {Patience}");
        }
    }

    private string Sign(HttpRequestMessage request, byte[] body, int chance)
    {
        if (chance == 0)
        {
            return "not signed";
        }

        _signer.Sign(request, chance == 1 ? credential with { SecretAccessKey = "wrong" } : credential, "us-east-1", service, Hash(body));
        return chance == 1 ? "signed with a wrong secret" : "signed well";
    }

    /// <summary>As the store says it, and SQLite and the kernel through the API.</summary>
    private static bool IsFullDisk(int status, string text) =>
        status == 507 || text.Contains("database or disk is full", StringComparison.Ordinal) || text.Contains("No space left on device", StringComparison.Ordinal);

    /// <summary>What is hardly HTTP at all: whatever comes back, or nothing, is fine.</summary>
    private async Task SendRawAsync(int number, Random random)
    {
        var uri = new Uri(endpoint);
        var head = $"{(random.Next(2) == 0 ? "GET" : "P\0ST")} /{new string('a', random.Next(200))} HTTP/1.{random.Next(4)}\r\nHost: x\r\nContent-Length: {random.Next(-5, 50)}\r\nTransfer-Encoding: {(random.Next(2) == 0 ? "chunked" : "x")}\r\n\r\n";
        var noise = new byte[random.Next(400)];
        random.NextBytes(noise);
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(uri.Host, uri.Port, limit.Token);
            await using var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(head), limit.Token);
            await stream.WriteAsync(noise, limit.Token);
            client.Client.Shutdown(SocketShutdown.Send);
            while (await stream.ReadAsync(new byte[4096], limit.Token) > 0)
            {
            }
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            // Refused.
        }
        catch (OperationCanceledException)
        {
            throw new FuzzException(seed, service, number, new SentCall(head, noise, "raw bytes"), $"was neither answered nor hung up on within {Patience}");
        }
    }

    private static string Hash(byte[] body) => Convert.ToHexStringLower(SHA256.HashData(body));
}
