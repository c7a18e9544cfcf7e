using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Glue.Dispatcher.Functions;
using Microsoft.AspNetCore.Http;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>
/// GetFunction's <c>Code.Location</c>: a URL of this API that gives the zip to whoever has it, for ten minutes, as AWS's presigned
/// one. Its key lives as long as the process.
/// </summary>
internal sealed class CodeDownloads(FunctionStore functions, LayerStore layers, ICodeStore code, TimeProvider time)
{
    public const string PathPrefix = "/glue/v1/code/";

    private const string LayerKind = "layer";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string UrlFor(HttpRequest request, VersionState version) => UrlFor(request, $"{PathPrefix}{version.AccountId}/{version.Name}/{version.Version}");

    public string UrlFor(HttpRequest request, LayerVersionState layer) => UrlFor(request, $"{PathPrefix}{layer.AccountId}/{LayerKind}/{layer.Name}/{layer.Version}");

    public async Task ServeAsync(HttpContext context)
    {
        var path = context.Request.Path.Value!;
        string expires = context.Request.Query["expires"].ToString(), signature = context.Request.Query["signature"].ToString();
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(Sign(path, expires)), Encoding.UTF8.GetBytes(signature))
            || long.Parse(expires, CultureInfo.InvariantCulture) < time.GetUtcNow().ToUnixTimeSeconds())
        {
            throw new LambdaException(403, "AccessDeniedException", "This link is not valid (any more). GetFunction gives a new one.");
        }

        var parts = path[PathPrefix.Length..].Split('/');
        var sha256 = parts is [var account, LayerKind, var layer, var number]
            ? layers.Find(account, layer, VersionNumber.Of(number))?.CodeSha256
            : functions.Resolve(parts[0], parts[1], parts[2])?.Version.CodeSha256;
        await using var zip = code.Open(sha256 ?? throw LambdaException.NotFound("The function, its version or the layer was deleted."));
        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = zip.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await zip.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private string UrlFor(HttpRequest request, string path)
    {
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return $"{request.Scheme}://{request.Host}{path}?expires={expires}&signature={Sign(path, expires)}";
    }

    private string Sign(string path, string expires) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path}\n{expires}")));
}
