using Glue.Foundation.Signing;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>A thin S3 client: on two cores a heavy one would measure itself.</summary>
internal sealed class StoreCalls(GlueProcess glue) : IDisposable
{
    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly Credential _credential = new(glue.AccessKey, glue.SecretKey, "000000000000", "bench");

    /// <summary>Puts an object, or with a null key makes the bucket.</summary>
    public async Task PutAsync(string bucket, string? key, byte[] body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, new Uri(key is null ? $"{glue.S3}/{bucket}" : $"{glue.S3}/{bucket}/{key}"))
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

    public void Dispose() => _http.Dispose();
}
