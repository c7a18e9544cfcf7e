using System.CommandLine;
using Glue.Foundation.Signing;
using Glue.Host.Data;

namespace Glue.Host.Client;

/// <summary>
/// A running stack as one of its accounts sees it: <c>--account</c>, or the installation's own. For another account's S3 API the administrator makes a key
/// of that account and removes it again.
/// </summary>
internal sealed class TenantClient : IAsyncDisposable
{
    private readonly StackClient _administrator;
    private readonly string? _keyPath;

    private TenantClient(StackClient administrator, StackClient stack, string? keyPath) => (_administrator, Stack, _keyPath) = (administrator, stack, keyPath);

    public StackClient Stack { get; }

    /// <exception cref="StartupException">No stack runs on that folder, or it has no such account.</exception>
    public static async Task<TenantClient> OfAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var data = parsed.GetValue(StackClient.DataOption)!;
        var administrator = StackClient.Of(data);
        if (parsed.GetValue(StackClient.AccountOption) is not { } account)
        {
            return new TenantClient(administrator, administrator, keyPath: null);
        }

        try
        {
            var path = $"accounts/{Uri.EscapeDataString(account)}";
            var id = (await administrator.Lambda.CallAsync(HttpMethod.Get, path, body: null, cancellationToken))!["id"]!.ToString();
            var key = (await administrator.Lambda.CallAsync(HttpMethod.Post, $"{path}/keys", body: null, cancellationToken))!;
            var credential = new Credential(key["accessKeyId"]!.ToString(), key["secretAccessKey"]!.ToString(), id, id);
            var endpoints = RunningEndpoints.Of(data);
            return new TenantClient(administrator, new StackClient(endpoints.S3, endpoints.Api, credential), $"{path}/keys/{credential.AccessKeyId}");
        }
        catch
        {
            administrator.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Stack.Dispose();
        if (_keyPath is not null)
        {
            await _administrator.Lambda.CallAsync(HttpMethod.Delete, _keyPath, body: null, CancellationToken.None);
            _administrator.Dispose();
        }
    }
}
