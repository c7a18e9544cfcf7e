using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests;

/// <summary>The API port without a client's start-up time, for tests that are not about clients.</summary>
public sealed class LambdaApi(GlueProcess process, Credential credential) : IDisposable
{
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly HttpClient _http = new() { BaseAddress = new Uri(process.Api) };

    /// <summary>A function's answer.</summary>
    /// <param name="Error">The header X-Amz-Function-Error; null on success.</param>
    public sealed record Answer(string? Error, string Payload, string LogTail);

    public async Task CreateAsync(string name, string runtime, string handler, byte[] zip, Dictionary<string, string>? environment = null, int timeout = 30, JsonObject? logging = null, string role = "any")
    {
        using var response = await SendAsync(HttpMethod.Post, "/2015-03-31/functions", new JsonObject
        {
            ["FunctionName"] = name,
            ["Runtime"] = runtime,
            ["Handler"] = handler,
            ["Role"] = $"arn:aws:iam::{credential.AccountId}:role/{role}",
            ["MemorySize"] = 256,
            ["Timeout"] = timeout,
            ["LoggingConfig"] = logging,
            ["Environment"] = new JsonObject
            {
                ["Variables"] = new JsonObject((environment ?? []).Select(static pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            },
            ["Code"] = new JsonObject { ["ZipFile"] = Convert.ToBase64String(zip) },
        });
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>UpdateFunctionConfiguration; the answer, or the error's type.</summary>
    public async Task<(JsonNode Configuration, string? Error)> UpdateAsync(string name, JsonObject fields)
    {
        using var response = await SendAsync(HttpMethod.Put, $"/2015-03-31/functions/{name}/configuration", fields);
        return (
            (await response.Content.ReadFromJsonAsync<JsonNode>())!,
            response.Headers.TryGetValues("x-amzn-ErrorType", out var type) ? type.Single() : null);
    }

    public async Task<Answer> InvokeAsync(string name, string payload = "{}")
    {
        using var response = await SendAsync(HttpMethod.Post, $"/2015-03-31/functions/{name}/invocations", JsonNode.Parse(payload), ("X-Amz-Log-Type", "Tail"));
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, text);
        return new Answer(
            response.Headers.TryGetValues("X-Amz-Function-Error", out var error) ? error.Single() : null,
            text,
            Encoding.UTF8.GetString(Convert.FromBase64String(response.Headers.GetValues("X-Amz-Log-Result").Single())));
    }

    /// <summary>An asynchronous invocation; 202 or a failure.</summary>
    public async Task InvokeLaterAsync(string name, string payload = "{}")
    {
        using var response = await SendAsync(
            HttpMethod.Post, $"/2015-03-31/functions/{name}/invocations", JsonNode.Parse(payload), ("X-Amz-Invocation-Type", "Event"));
        Assert.Equal(202, (int)response.StatusCode);
    }

    /// <summary>The ledger's rows, newest first.</summary>
    public async Task<JsonArray> InvocationsAsync(string query)
    {
        using var response = await SendAsync(HttpMethod.Get, "/glue/v1/invocations?" + query, body: null);
        return (await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>())!["invocations"]!.AsArray();
    }

    public void Dispose() => _http.Dispose();

    /// <summary>A signed request as it is, and the answer whatever it is.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, JsonNode? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(_http.BaseAddress!, path));
        var bytes = body is null ? [] : Encoding.UTF8.GetBytes(body.ToJsonString());
        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        _signer.Sign(request, credential, "us-east-1", "lambda", Convert.ToHexStringLower(SHA256.HashData(bytes)));
        return await _http.SendAsync(request);
    }
}
