using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using Glue.Foundation.Signing;
using Glue.Host.Accounts;
using Glue.Host.Data;

namespace Glue.Host.Store;

/// <summary>The calls of the embedded store that S3 has not: signed like S3's.</summary>
internal sealed class StoreClient : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly Uri _endpoint;
    private readonly Credential _credential;

    public StoreClient(Uri endpoint, Credential credential) => (_endpoint, _credential) = (endpoint, credential);

    /// <exception cref="StartupException">No stack runs on that folder.</exception>
    public static StoreClient Of(string dataFolder) =>
        new(RunningEndpoints.Of(dataFolder).S3, CredentialFile.Read(DataFolder.CredentialsOf(dataFolder)));

    /// <param name="bytesPerSecond">At most; 0: unbounded.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    /// <exception cref="StartupException">It was refused, or ended before its end.</exception>
    public async IAsyncEnumerable<VerifyProgress> VerifyAsync(long bytesPerSecond, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Post, $"/?glue-verify&rate={bytesPerSecond}", "", cancellationToken);
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellationToken));
        var done = false;
        while (await NextAsync(lines, cancellationToken) is { } line)
        {
            var progress = JsonSerializer.Deserialize(line, StoreJson.Default.VerifyProgress)!;
            done = progress.Done;
            yield return progress;
        }

        if (!done)
        {
            throw new StartupException("The verification was cut off: the store ended it, or went away. See its log.");
        }
    }

    public async Task<(long? MaxBytes, long UsedBytes)> QuotaAsync(string bucket, CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(HttpMethod.Get, $"/{Uri.EscapeDataString(bucket)}?glue-quota", "", cancellationToken);
        var xml = XElement.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
        long? Number(string name) => xml.Elements().FirstOrDefault(element => element.Name.LocalName == name) is { } element ? long.Parse(element.Value, CultureInfo.InvariantCulture) : null;
        return (Number("MaxBytes"), Number("UsedBytes") ?? 0);
    }

    /// <param name="bucket">Which.</param>
    /// <param name="maxBytes">Null lifts the quota.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task SetQuotaAsync(string bucket, long? maxBytes, CancellationToken cancellationToken)
    {
        var target = $"/{Uri.EscapeDataString(bucket)}?glue-quota";
        using var answer = maxBytes is { } bytes
            ? await SendAsync(HttpMethod.Put, target, $"<BucketQuota><MaxBytes>{bytes}</MaxBytes></BucketQuota>", cancellationToken)
            : await SendAsync(HttpMethod.Delete, target, "", cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A connection that breaks is the stream's end: whether it was the right one the last line says.</summary>
    private static async Task<string?> NextAsync(StreamReader lines, CancellationToken cancellationToken)
    {
        try
        {
            return await lines.ReadLineAsync(cancellationToken);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return null;
        }
    }

    /// <exception cref="StartupException">The store refused it, or does not answer.</exception>
    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string target, string body, CancellationToken cancellationToken)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        using var message = new HttpRequestMessage(method, new Uri(_endpoint, target)) { Content = bytes.Length > 0 ? new ByteArrayContent(bytes) : null };
        _signer.Sign(message, _credential, "us-east-1", "s3", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new StartupException($"The store at {_endpoint} does not answer: {e.Message}");
        }

        if (answer.IsSuccessStatusCode)
        {
            return answer;
        }

        using (answer)
        {
            var error = XElement.Parse(await answer.Content.ReadAsStringAsync(cancellationToken));
            throw new StartupException($"{error.Element("Code")?.Value}: {error.Element("Message")?.Value}");
        }
    }
}
