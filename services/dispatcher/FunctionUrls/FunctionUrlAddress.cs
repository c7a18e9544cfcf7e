using System.Buffers;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.FunctionUrls;

/// <summary>
/// Function URLs by their hosts' names: <c>http://ID.lambda-url.REGION.localhost:PORT/</c>, where PORT is the one the API was called at, or
/// <c>SCHEME://ID.DOMAIN/</c> with <see cref="DispatcherOptions.FunctionUrlBase"/>. The first works everywhere, as a Host header.
/// </summary>
internal sealed class FunctionUrlAddress(DispatcherOptions options)
{
    private const string IdCharacters = "abcdefghijklmnopqrstuvwxyz234567";
    private const int IdLength = 32;

    private static readonly SearchValues<char> IdValues = SearchValues.Create(IdCharacters);

    private readonly string _local = $".lambda-url.{options.Region}.localhost";
    private readonly Uri? _base = options.FunctionUrlBase is { } text ? new Uri(text) : null;

    /// <summary>160 random bits: it is the secret of a URL that asks for no signature.</summary>
    public static string NewId() => RandomNumberGenerator.GetString(IdCharacters, IdLength);

    /// <param name="id">Of the URL.</param>
    /// <param name="call">The API request that asks.</param>
    public string Of(string id, HttpRequest call) => _base is not null
        ? $"{_base.Scheme}://{id}.{_base.Authority}/"
        : $"{call.Scheme}://{id}{_local}{(call.Host.Port is { } port ? $":{port}" : "")}/";

    /// <returns>The URL's id, whether there is one or not; null: the host is not one of a function URL.</returns>
    public string? IdIn(HostString host)
    {
        var name = host.Host;
        var id = name.Length > IdLength && name[IdLength] == '.' ? name[..IdLength].ToLowerInvariant() : null;
        return id is not null && !id.AsSpan().ContainsAnyExcept(IdValues)
            && (name.AsSpan(IdLength).Equals(_local, StringComparison.OrdinalIgnoreCase)
                || (_base is not null && name.AsSpan(IdLength + 1).Equals(_base.Host, StringComparison.OrdinalIgnoreCase)))
            ? id
            : null;
    }
}
