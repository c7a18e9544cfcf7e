using Glue.Foundation.S3;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>
/// Asks the policy of a function's role about each of its storage requests. A request that could be read as two operations (two
/// subresources) must be allowed both: which of them a store takes it for is the store's affair.
/// </summary>
internal sealed class StorageAccess(IStoragePolicies policies)
{
    /// <returns>Null: allowed, all of it. Else the keys of a DeleteObjects that are to be left out.</returns>
    /// <exception cref="GatewayRefusalException">AccessDenied, or not a storage request.</exception>
    public async ValueTask<DeniedDeletions?> AdmitAsync(HttpContext context, SandboxIdentity sandbox)
    {
        if (policies.Of(sandbox.Version) is not { } policy)
        {
            return null;
        }

        var request = context.Request;
        var question = new StorageQuestion(request, sandbox, policy, NameOf(context));
        var (bucket, key) = question.Target;
        var subresources = 0;
        foreach (var (name, values) in request.Query)
        {
            if (values.Count > 1)
            {
                throw Ambiguous(); // of two prefixes a store takes one, and a condition sees both
            }

            if (S3Actions.IsSubresource(name))
            {
                subresources++;
                if (!IsDeleteObjects(request.Method, key, name))
                {
                    question.Demand(ActionOf(request, bucket, key, name), bucket, key);
                }
            }
        }

        if (subresources == 0)
        {
            question.Demand(ActionOf(request, bucket, key, null), bucket, key);
        }

        DemandWhatHeadersAsk(question);
        return key.Length == 0 && HttpMethods.IsPost(request.Method) ? await DeniedDeletions.FindAsync(context, question) : null;
    }

    private static bool IsDeleteObjects(string method, string key, string subresource) =>
        HttpMethods.IsPost(method) && key.Length == 0 && S3Actions.OfBucket(method, subresource) is null;

    private static string ActionOf(HttpRequest request, string bucket, string key, string? subresource)
    {
        if (bucket.Length == 0)
        {
            // With a subresource it is something else: MinIO's ?events hears all buckets of the account.
            return subresource is null && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method)) ? "s3:ListAllMyBuckets" : S3Actions.OwnerOnly;
        }

        return key.Length == 0
            ? S3Actions.OfBucket(request.Method, subresource) ?? S3Actions.OwnerOnly
            : S3Actions.OfObject(request.Method, subresource, isOfVersion: !string.IsNullOrEmpty(request.Query["versionId"]));
    }

    /// <summary>What a request does besides, as S3 asks for it: reading a copy's source, setting tags or an ACL, reading an object for its attributes.</summary>
    private static void DemandWhatHeadersAsk(StorageQuestion question)
    {
        var (request, (bucket, key)) = (question.Request, question.Target);
        if (key.Length == 0)
        {
            return;
        }

        if (request.Headers.TryGetValue(S3CopySource.Header, out var header))
        {
            var source = SourceOf(header.ToString())
                ?? throw new GatewayRefusalException(GatewayError.InvalidRequest("Copy Source must mention the source bucket and key: sourcebucket/sourcekey"));
            if (!Unambiguous(source.Bucket, source.Key))
            {
                throw Ambiguous();
            }

            question.Demand(string.IsNullOrEmpty(source.VersionId) ? "s3:GetObject" : "s3:GetObjectVersion", source.Bucket, source.Key);
        }

        if (request.Headers.ContainsKey("x-amz-tagging"))
        {
            question.Demand("s3:PutObjectTagging", bucket, key);
        }

        if (request.Headers.ContainsKey("x-amz-acl") || request.Headers.Any(static one => one.Key.StartsWith("x-amz-grant-", StringComparison.OrdinalIgnoreCase)))
        {
            question.Demand("s3:PutObjectAcl", bucket, key);
        }

        if (request.Headers.ContainsKey("x-amz-bypass-governance-retention"))
        {
            question.Demand("s3:BypassGovernanceRetention", bucket, key);
        }

        if (request.Query.ContainsKey("attributes"))
        {
            question.Demand(S3Actions.OfObject("GET", null, isOfVersion: !string.IsNullOrEmpty(request.Query["versionId"])), bucket, key);
        }
    }

    /// <summary>Sandboxes name buckets in the path.</summary>
    private static S3ResourceName NameOf(HttpContext context)
    {
        try
        {
            var target = S3ResourceName.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, host: "", baseDomains: []);
            return Unambiguous(target.Bucket, target.Key) ? target : throw Ambiguous();
        }
        catch (S3NameException e)
        {
            throw InvalidUri(e);
        }
    }

    /// <summary>What a copy is made of; null: the header does not name a bucket and a key.</summary>
    /// <exception cref="GatewayRefusalException">InvalidURI.</exception>
    public static S3CopySource? SourceOf(string header)
    {
        try
        {
            return S3CopySource.Parse(header);
        }
        catch (S3NameException e)
        {
            throw InvalidUri(e);
        }
    }

    /// <summary>
    /// A store that decodes before it splits would find another bucket in one with a slash, and one behind a proxy that tidies paths another key
    /// in one with dots between slashes: what the policy was asked about would not be what happens.
    /// </summary>
    private static bool Unambiguous(string bucket, string key)
    {
        foreach (var segment in key.AsSpan().Split('/'))
        {
            if (key.AsSpan(segment) is "." or "..")
            {
                return false;
            }
        }

        return !bucket.Contains('/', StringComparison.Ordinal);
    }

    private static GatewayRefusalException InvalidUri(S3NameException e) => new(new GatewayError(StatusCodes.Status400BadRequest, "InvalidURI", e.Message));

    private static GatewayRefusalException Ambiguous() => new(GatewayError.AccessDenied(
        "The bucket holds a slash, the key a segment '.' or '..', or the query a name twice: stores read such requests differently, and a role's policy cannot hold for all readings."));
}
