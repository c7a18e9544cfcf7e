using Glue.ObjectStore.Buckets;
using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>What clients ask about an object's features that this store does not keep: answered as for an object without them.</summary>
internal static class ObjectProbes
{
    public static Task AclAsync(S3Request request, ObjectReads reads)
    {
        reads.Find(request);
        return BucketProbes.SendAclAsync(request);
    }

    public static Task TaggingAsync(S3Request request, ObjectReads reads)
    {
        reads.Find(request);
        return XmlAnswer.SendAsync(request, "Tagging", static xml =>
        {
            xml.WriteStartElement("TagSet");
            xml.WriteEndElement();
        });
    }

    public static Task RemoveTagging(S3Request request, ObjectReads reads)
    {
        reads.Find(request);
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
