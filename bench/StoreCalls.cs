using Glue.Foundation.Signing;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>A thin S3 client: on two cores a heavy one would measure itself.</summary>
internal sealed class StoreCalls(Uri endpoint, string accessKey, string secretKey) : IDisposable
{
    private const int PieceBytes = 256 * 1024;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly Credential _credential = new(accessKey, secretKey, "000000000000", "bench");

    public StoreCalls(GlueProcess glue)
        : this(new Uri(glue.S3), glue.AccessKey, glue.SecretKey)
    {
    }

    /// <summary>Puts an object, or with a null key makes the bucket.</summary>
    public async Task PutAsync(string bucket, string? key, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(endpoint, key is null ? $"/{bucket}" : $"/{bucket}/{key}"))
        {
            Content = new ByteArrayContent(body),
        };
        _signer.Sign(request, _credential, "us-east-1", "s3", key is null ? SigV4Signer.EmptyPayload : SigV4Signer.UnsignedPayload);
        using var response = await _http.SendAsync(request);
        if (!response.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"PUT {bucket}/{key}: {(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Reads an object and lets it go.</summary>
    public async Task GetAsync(string bucket, string key)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(endpoint, $"/{bucket}/{key}"));
        _signer.Sign(request, _credential, "us-east-1", "s3", SigV4Signer.EmptyPayload);
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        await using var body = await response.Content.ReadAsStreamAsync();
        var buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(PieceBytes);
        try
        {
            while (await body.ReadAsync(buffer) > 0)
            {
            }
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _http.Dispose();
}
