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
internal sealed class CodeDownloads(FunctionStore functions, ICodeStore code, TimeProvider time)
{
    public const string PathPrefix = "/glue/v1/code/";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public string UrlFor(HttpRequest request, VersionState version)
    {
        var expires = (time.GetUtcNow() + Lifetime).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var path = $"{PathPrefix}{version.AccountId}/{version.Name}/{version.Version}";
        return $"{request.Scheme}://{request.Host}{path}?expires={expires}&signature={Sign(path, expires)}";
    }

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
        var function = functions.Resolve(parts[0], parts[1], parts[2]) ?? throw LambdaException.NotFound("The function or the version was deleted.");
        await using var zip = code.Open(function.Version.CodeSha256);
        context.Response.ContentType = "application/zip";
        context.Response.ContentLength = zip.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
        {
            await zip.CopyToAsync(context.Response.Body, context.RequestAborted);
        }
    }

    private string Sign(string path, string expires) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{path}\n{expires}")));
}
