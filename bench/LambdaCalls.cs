using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.Foundation.Signing;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>The calls a bench makes to a stack's API.</summary>
internal sealed class LambdaCalls(GlueProcess glue) : IDisposable
{
    /// <summary>Base64's + as it is: escaped, it makes a large upload larger than a request may be.</summary>
    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromMinutes(5) };
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly Credential _credential = new(glue.AccessKey, glue.SecretKey, "000000000000", "bench");

    public async Task CreateFunctionAsync(string name, string runtime, string handler, byte[] zip)
    {
        var body = new JsonObject
        {
            ["FunctionName"] = name,
            ["Runtime"] = runtime,
            ["Handler"] = handler,
            ["Role"] = "arn:aws:iam::000000000000:role/bench",
            ["MemorySize"] = 256,
            ["Timeout"] = 30,
            ["Code"] = new JsonObject { ["ZipFile"] = Convert.ToBase64String(zip) },
        }.ToJsonString(Plain);
        await SendAsync(HttpMethod.Post, "/2015-03-31/functions", body);
    }

    public static Uri InvokeUri(GlueProcess glue, string function) => new($"{glue.Api}/2015-03-31/functions/{function}/invocations");

    /// <summary>Headers of one signed invocation: the same request may be sent again and again while its date holds.</summary>
    public Dictionary<string, string> SignedInvoke(string function, string body)
    {
        using var request = Signed(HttpMethod.Post, InvokeUri(glue, function), body);
        return request.Headers.ToDictionary(static header => header.Key, static header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
    }

    public async Task<string> SendAsync(HttpMethod method, string path, string body = "")
    {
        using var request = Signed(method, new Uri(glue.Api + path), body);
        if (body.Length > 0)
        {
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        }

        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        return response.IsSuccessStatusCode ? answer : throw new InvalidOperationException($"{method} {path}: {(int)response.StatusCode} {answer}");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A deployment zip of named contents; the name <c>bootstrap</c> gets its execute bit.</summary>
    public static byte[] Zip(params (string Name, byte[] Content)[] files)
    {
        using var buffer = new MemoryStream();
        using (var zip = new ZipArchive(buffer, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                var entry = zip.CreateEntry(name, CompressionLevel.Optimal); // the fastest one makes random bytes more
                entry.ExternalAttributes = (name == "bootstrap" ? 0x81ED : 0x81A4) << 16; // 0755, 0644
                using var stream = entry.Open();
                stream.Write(content);
            }
        }

        return buffer.ToArray();
    }

    private HttpRequestMessage Signed(HttpMethod method, Uri uri, string body)
    {
        var request = new HttpRequestMessage(method, uri);
        _signer.Sign(request, _credential, "us-east-1", "lambda", Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body))));
        return request;
    }
}
