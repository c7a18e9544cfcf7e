using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.Foundation.Signing;

namespace Glue.Host.Client;

/// <summary>Reads functions' logs as any AWS tool does: CloudWatch Logs' FilterLogEvents on the API port.</summary>
internal sealed class LogsApiClient(Uri endpoint, Credential credential) : IDisposable
{
    private readonly SigV4Signer _signer = new(TimeProvider.System);
    private readonly HttpClient _http = new() { BaseAddress = endpoint };

    /// <summary>One page.</summary>
    /// <param name="group">The log group.</param>
    /// <param name="startMs">The first millisecond wanted, since 1970.</param>
    /// <param name="pattern">CloudWatch Logs' filter pattern; null: everything.</param>
    /// <param name="token">Of the page before; null: the first.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Null: there is no such group (yet).</returns>
    /// <exception cref="StartupException">Refused, with the API's message.</exception>
    public async Task<LogEventsPage?> FilterAsync(string group, long startMs, string? pattern, string? token, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint);
        var body = JsonSerializer.SerializeToUtf8Bytes(new JsonObject
        {
            ["logGroupName"] = group,
            ["startTime"] = startMs,
            ["filterPattern"] = pattern,
            ["nextToken"] = token,
        });
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new("application/x-amz-json-1.1");
        request.Headers.Add("X-Amz-Target", "Logs_20140328.FilterLogEvents");
        _signer.Sign(request, credential, "us-east-1", "logs", Convert.ToHexStringLower(SHA256.HashData(body)));
        try
        {
            using var response = await _http.SendAsync(request, cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                return await response.Content.ReadFromJsonAsync(LogEventsJson.Default.LogEventsPage, cancellationToken);
            }

            var error = await response.Content.ReadFromJsonAsync<JsonNode>(cancellationToken);
            return error?["__type"]?.GetValue<string>() == "ResourceNotFoundException"
                ? null
                : throw new StartupException(error?["message"]?.GetValue<string>() ?? $"The API answered {(int)response.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            throw new StartupException($"The API at {endpoint} does not answer ({e.Message}). Is the stack running? (./glue up)", e);
        }
    }

    public void Dispose() => _http.Dispose();
}
