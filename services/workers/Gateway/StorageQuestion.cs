using System.Net;
using Glue.Foundation.Policies;
using Glue.Foundation.S3;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>One storage request as the policy of its function's role sees it.</summary>
internal sealed class StorageQuestion(HttpRequest request, SandboxIdentity sandbox, AccessPolicy policy, S3ResourceName target) : IPolicyContext
{
    private const int LongestOnStack = 512;

    public S3ResourceName Target => target;

    public HttpRequest Request => request;

    IPAddress? IPolicyContext.Address => null;

    string? IPolicyContext.Value(string key) => key switch
    {
        "aws:principalaccount" => sandbox.Version.AccountId,
        "s3:prefix" => request.Query["prefix"].ToString(),
        "s3:delimiter" => request.Query["delimiter"].ToString(),
        _ => null,
    };

    /// <param name="action"><c>s3:GetObject</c>.</param>
    /// <param name="bucket">Empty: no bucket in particular.</param>
    /// <param name="key">Empty: the bucket itself.</param>
    /// <returns>Null: allowed. Otherwise AWS's words for why not.</returns>
    public string? Ask(string action, string bucket, string key)
    {
        var length = key.Length == 0 ? bucket.Length : bucket.Length + 1 + key.Length;
        var resource = length <= LongestOnStack ? stackalloc char[LongestOnStack] : new char[length];
        bucket.CopyTo(resource);
        if (key.Length > 0)
        {
            resource[bucket.Length] = '/';
            key.CopyTo(resource[(bucket.Length + 1)..]);
        }

        return policy.Decide(new PolicyQuestion(sandbox.Version.AccountId, action, resource[..length], this)) switch
        {
            PolicyEffect.Allow => null,
            PolicyEffect.Deny => Refusal(action, resource[..length], "with an explicit deny in an identity-based policy"),
            _ => Refusal(action, resource[..length], $"because no identity-based policy allows the {action} action"),
        };
    }

    /// <exception cref="GatewayRefusalException">AccessDenied.</exception>
    public void Demand(string action, string bucket, string key)
    {
        if (Ask(action, bucket, key) is { } why)
        {
            throw new GatewayRefusalException(GatewayError.AccessDenied(why));
        }
    }

    private string Refusal(string action, ReadOnlySpan<char> resource, string why)
    {
        var version = sandbox.Version;
        var role = version.Role.AsSpan(version.Role.LastIndexOf('/') + 1);
        return $"User: arn:aws:sts::{version.AccountId}:assumed-role/{role}/{version.Name} is not authorized to perform: {action} on resource: \"arn:aws:s3:::{resource}\" {why}";
    }
}
