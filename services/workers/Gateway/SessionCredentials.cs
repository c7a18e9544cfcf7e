using System.Text.Json;
using System.Text.Json.Serialization;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>
/// Keys inside a sandbox. SDKs fetch them here where the environment has none (<c>AWS_CONTAINER_CREDENTIALS_FULL_URI</c>: in clones of a snapshot,
/// which all have the same environment), and a request that is signed must be signed with keys of its own sandbox. One that is not signed needs none:
/// the connection says whose it is.
/// </summary>
internal sealed class SessionCredentials(SessionKeys keys)
{
    /// <summary>No bucket's name begins so.</summary>
    public const string Path = "/.glue/credentials";

    public static bool IsAskedFor(HttpRequest request) => request.Path == Path && HttpMethods.IsGet(request.Method);

    /// <summary>Answers as AWS's container credential endpoints do.</summary>
    public Task AnswerAsync(HttpContext context, SandboxIdentity sandbox)
    {
        var key = keys.Issue(sandbox, SessionKeys.Lifetime);
        return context.Response.WriteAsJsonAsync(
            new ContainerCredentials(sandbox.Version.Role, key.AccessKeyId, key.SecretAccessKey, key.Token, key.ExpiresAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", null)),
            ContainerCredentialsJson.Default.ContainerCredentials, cancellationToken: context.RequestAborted);
    }

    /// <exception cref="GatewayRefusalException">The request is signed with another's keys, or with keys that have expired.</exception>
    public void Check(HttpRequest request, SandboxIdentity sandbox)
    {
        var authorization = request.Headers.Authorization.ToString();
        var (id, token) = authorization.Length > 0
            ? (OfHeader(authorization), request.Headers["x-amz-security-token"].ToString())
            : request.QueryString.HasValue ? OfQuery(request.Query) : default;
        if (id is null)
        {
            return;
        }

        switch (keys.Check(sandbox, id, token))
        {
            case SessionKeyState.Expired:
                throw new GatewayRefusalException(new GatewayError(
                    StatusCodes.Status400BadRequest, "ExpiredToken", "The provided token has expired."));
            case SessionKeyState.Unknown:
                throw new GatewayRefusalException(new GatewayError(
                    StatusCodes.Status403Forbidden, "InvalidAccessKeyId",
                    "The AWS access key Id you provided is not of this sandbox. Use the SDK's default credentials, or do not sign at all: the storage gateway knows who asks."));
        }
    }

    /// <returns>Empty: signed in a way that names no key.</returns>
    private static string OfHeader(string authorization)
    {
        const string Marker = "Credential=";
        if (authorization.StartsWith("AWS ", StringComparison.Ordinal))
        {
            return authorization[4..].Split(':')[0];
        }

        var start = authorization.IndexOf(Marker, StringComparison.Ordinal);
        return start < 0 ? "" : authorization[(start + Marker.Length)..].Split('/')[0];
    }

    private static (string? Id, string Token) OfQuery(IQueryCollection query) =>
        (query.TryGetValue("X-Amz-Credential", out var scope) ? scope.ToString().Split('/')[0]
            : query.TryGetValue("AWSAccessKeyId", out var id) ? id.ToString()
            : null,
        query["X-Amz-Security-Token"].ToString());
}

/// <summary>As SDKs read it (SDKs and Tools Reference Guide, "Container credential provider", read 2026-11).</summary>
internal sealed record ContainerCredentials(string RoleArn, string AccessKeyId, string SecretAccessKey, string Token, string Expiration);

[JsonSerializable(typeof(ContainerCredentials))]
internal sealed partial class ContainerCredentialsJson : JsonSerializerContext;
