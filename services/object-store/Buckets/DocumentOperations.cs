using System.Xml.Linq;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>Put, Get and Delete of BucketCors, BucketTagging, BucketLifecycleConfiguration and PublicAccessBlock.</summary>
internal sealed class DocumentOperations(BucketCatalog buckets)
{
    public static Task GetAsync(S3Request request, BucketDocument kind)
    {
        var text = request.Bucket.Settings.Document(kind.Name)
            ?? throw new S3Exception(kind.NotFound) { Details = [("BucketName", request.BucketName)] };
        return XmlAnswer.SendAsync(request.Http, StatusCodes.Status200OK, XmlBody.Kept(text).WriteTo, request.Aborted);
    }

    public async Task PutAsync(S3Request request, BucketDocument kind)
    {
        var document = await XmlBody.ReadAsync(request, kind.Root);
        foreach (var element in document.DescendantsAndSelf())
        {
            // Clients send S3's namespace or none; all of them read it with S3's.
            element.Name = XName.Get(element.Name.LocalName, XmlAnswer.Namespace);
            element.Attributes().Where(static attribute => attribute.IsNamespaceDeclaration).Remove();
        }

        kind.Check(document);
        await buckets.SetAsync(request.Bucket, kind.Name, XmlBody.Keep(document));
        request.Http.Response.StatusCode = kind.Name == "tagging" ? StatusCodes.Status204NoContent : StatusCodes.Status200OK;
    }

    public async Task DeleteAsync(S3Request request, BucketDocument kind)
    {
        await buckets.SetAsync(request.Bucket, kind.Name, null);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }
}
