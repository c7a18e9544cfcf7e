using Glue.Foundation.S3;
using Glue.Workers.Sandboxes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Glue.Workers.Gateway;

/// <summary>Chooses the store of one request, by its bucket and by the event that is being handled.</summary>
internal sealed class UpstreamChoice(IUpstreamStores stores)
{
    /// <returns>Null: the embedded store.</returns>
    /// <exception cref="GatewayRefusalException">A copy from one store into another, or of something that cannot be read.</exception>
    public async ValueTask<UpstreamStore?> OfAsync(HttpContext context, SandboxIdentity sandbox)
    {
        if (BucketIn(context) is not { Length: > 0 } bucket)
        {
            return null; // the list of buckets: the embedded store's
        }

        var store = await FindAsync(bucket);
        if (context.Request.Headers.TryGetValue(S3CopySource.Header, out var header)
            && StorageAccess.SourceOf(header.ToString()) is { } source && (await FindAsync(source.Bucket))?.Name != store?.Name)
        {
            throw new GatewayRefusalException(new GatewayError(
                StatusCodes.Status501NotImplemented, "NotImplemented",
                $"Buckets '{source.Bucket}' and '{bucket}' lie in different stores, and no store copies out of another one: read the object and write it."));
        }

        return store;

        async ValueTask<UpstreamStore?> FindAsync(string name)
        {
            try
            {
                return await stores.FindAsync(sandbox.Version.AccountId, name, sandbox.CurrentStore, context.RequestAborted);
            }
            catch (BucketNotFoundException e)
            {
                throw new GatewayRefusalException(new GatewayError(StatusCodes.Status404NotFound, "NoSuchBucket", e.Message));
            }
        }
    }

    private static string? BucketIn(HttpContext context)
    {
        try
        {
            return S3ResourceName.Parse(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget, host: "", baseDomains: []).Bucket;
        }
        catch (S3NameException)
        {
            return null; // the embedded store says what is wrong with it
        }
    }
}
