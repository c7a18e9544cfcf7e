using System.Buffers;
using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.Foundation.Signing;

namespace Glue.Host.Client;

/// <summary>The few calls the command line makes to the API port, signed as any AWS tool signs them.</summary>
internal sealed class LambdaApiClient(Uri endpoint, Credential credential) : IDisposable
{
    public const int MaxRedrivenPerCall = 1000;

    private const string Region = "us-east-1";

    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly HttpClient _http = new() { BaseAddress = endpoint, Timeout = TimeSpan.FromMinutes(20) };

    /// <summary>AWS's AddPermission: S3 may invoke the function for this bucket. Granted before counts as done.</summary>
    public async Task AllowS3Async(string function, string bucket, string accountId, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"{PathOf(function)}/policy", new JsonObject
        {
            ["StatementId"] = $"s3-{bucket}".Replace('.', '-').Replace('/', '-'),
            ["Action"] = "lambda:InvokeFunction",
            ["Principal"] = "s3.amazonaws.com",
            ["SourceArn"] = $"arn:aws:s3:::{bucket}",
            ["SourceAccount"] = accountId,
        }, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Conflict)
        {
            await EnsureAsync(response, cancellationToken);
        }
    }

    /// <summary>AWS's GetFunctionConfiguration; null when there is no such function.</summary>
    public async Task<DeployedFunction?> FindFunctionAsync(string function, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"{PathOf(function)}/configuration", body: null, cancellationToken);
        if (response.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }

        await EnsureAsync(response, cancellationToken);
        var configuration = (await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken))!;
        return new DeployedFunction(
            configuration["FunctionArn"]!.GetValue<string>(), configuration["CodeSha256"]!.GetValue<string>(),
            configuration["LoggingConfig"]!["LogGroup"]!.GetValue<string>());
    }

    /// <summary>AWS's CreateFunction.</summary>
    public async Task CreateFunctionAsync(NewFunction function, byte[] zip, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, "/2015-03-31/functions", new JsonObject
        {
            ["FunctionName"] = function.Name,
            ["Description"] = function.Description,
            ["Runtime"] = "provided.al2023",
            ["Handler"] = "bootstrap",
            ["Role"] = $"arn:aws:iam::{credential.AccountId}:role/{function.Name}",
            ["MemorySize"] = function.MemoryMiB,
            ["Timeout"] = function.TimeoutSeconds,
            ["Environment"] = new JsonObject
            {
                ["Variables"] = new JsonObject(function.Environment.Select(static variable => KeyValuePair.Create(variable.Key, (JsonNode?)variable.Value))),
            },
            ["Code"] = new JsonObject { ["ZipFile"] = JsonValue.Create(zip) },
        }, cancellationToken);
        await EnsureAsync(response, cancellationToken);
    }

    /// <summary>AWS's UpdateFunctionCode.</summary>
    public async Task UpdateCodeAsync(string function, byte[] zip, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Put, $"{PathOf(function)}/code", new JsonObject { ["ZipFile"] = JsonValue.Create(zip) }, cancellationToken);
        await EnsureAsync(response, cancellationToken);
    }

    /// <summary>Rows of the ledger, newest first. <paramref name="query"/> as <c>/glue/v1/invocations</c> takes it.</summary>
    public async Task<IReadOnlyList<InvocationView>> InvocationsAsync(IEnumerable<KeyValuePair<string, string?>> query, CancellationToken cancellationToken)
    {
        var fields = query.Where(static field => field.Value is not null).Select(static field => $"{field.Key}={Uri.EscapeDataString(field.Value!)}");
        using var response = await SendAsync(HttpMethod.Get, $"/glue/v1/invocations?{string.Join('&', fields)}", body: null, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync(InvocationJson.Default.InvocationList, cancellationToken))!.Invocations;
    }

    /// <summary>One row with its event, as the API's JSON.</summary>
    public async Task<JsonNode?> InvocationAsync(string id, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Get, $"/glue/v1/invocations/{Uri.EscapeDataString(id)}", body: null, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
    }

    /// <summary>Puts dead letters into the queue again. <paramref name="what"/>: the path behind <c>/glue/v1/dead-letters/</c>.</summary>
    /// <returns>How many, at most <see cref="MaxRedrivenPerCall"/>.</returns>
    public async Task<int> RedriveAsync(string what, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(HttpMethod.Post, $"/glue/v1/dead-letters/{what}", body: null, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<JsonElement>(cancellationToken)).GetProperty("redriven").GetInt32();
    }

    /// <summary>A call of <c>/glue/v1</c> whose answer is shown rather than used.</summary>
    /// <param name="method">The verb.</param>
    /// <param name="path">Behind <c>/glue/v1/</c>, escaped.</param>
    /// <param name="body">Null: none.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null: it answered nothing.</returns>
    public async Task<JsonNode?> CallAsync(HttpMethod method, string path, JsonNode? body, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(method, $"/glue/v1/{path}", body, cancellationToken);
        await EnsureAsync(response, cancellationToken);
        return response.StatusCode == HttpStatusCode.NoContent ? null : await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
    }

    public void Dispose() => _http.Dispose();

    private static string PathOf(string function) => $"/2015-03-31/functions/{Uri.EscapeDataString(function)}";

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string pathAndQuery, JsonNode? body, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, new Uri(endpoint, pathAndQuery));
        var bytes = body is null ? default : Utf8(body);
        if (body is not null)
        {
            request.Content = new ReadOnlyMemoryContent(bytes);
            request.Content.Headers.ContentType = new("application/json");
        }

        _signer.Sign(request, credential, Region, "lambda", Convert.ToHexStringLower(SHA256.HashData(bytes.Span)));
        try
        {
            return await _http.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e)
        {
            throw new StartupException($"The API at {endpoint} does not answer ({e.Message}). Is the stack running? (./glue up)", e);
        }
    }

    /// <summary>
    /// Into an array of its own: the serializer's are rented, and the pool would keep one of many times the size of a function for as long as the stack runs.
    /// </summary>
    private static ReadOnlyMemory<byte> Utf8(JsonNode body)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes))
        {
            body.WriteTo(json);
        }

        return bytes.WrittenMemory;
    }

    private static async Task EnsureAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.IsSuccessStatusCode)
        {
            return;
        }

        var text = await response.Content.ReadAsStringAsync(cancellationToken);
        string? message = null;
        try
        {
            var json = JsonNode.Parse(text);
            message = (json?["Message"] ?? json?["message"])?.GetValue<string>();
        }
        catch (JsonException)
        {
            // Not our API's error document: show what came.
        }

        throw new StartupException($"{(int)response.StatusCode} {message ?? text}");
    }
}
