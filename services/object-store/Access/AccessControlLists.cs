using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Access;

/// <summary>
/// ACLs as in an S3 bucket whose ownership is BucketOwnerEnforced, which is S3's default: the owner may do everything, and an ACL that
/// would say anything else is refused with AccessControlListNotSupported. Who else may do what is the bucket policy's matter.
/// </summary>
internal sealed class AccessControlLists(ObjectReads reads)
{
    private static readonly string[] Grants =
        ["x-amz-grant-read", "x-amz-grant-write", "x-amz-grant-full-control", "x-amz-grant-read-acp", "x-amz-grant-write-acp"];

    /// <exception cref="S3Exception">AccessControlListNotSupported.</exception>
    public static void CheckHeaders(IHeaderDictionary headers)
    {
        if (headers.Text("x-amz-acl") is { } acl and not ("private" or "bucket-owner-full-control"))
        {
            throw new S3Exception(S3Error.AccessControlListNotSupported, $"The bucket does not allow ACLs: x-amz-acl: {acl} cannot be honoured. Use a bucket policy.");
        }

        if (Grants.FirstOrDefault(name => headers.Text(name) is not null) is { } grant)
        {
            throw new S3Exception(S3Error.AccessControlListNotSupported, $"The bucket does not allow ACLs: {grant} cannot be honoured. Use a bucket policy.");
        }
    }

    public Task GetOfObjectAsync(S3Request request)
    {
        reads.Find(request);
        return GetAsync(request);
    }

    public Task PutOfObjectAsync(S3Request request)
    {
        reads.Find(request);
        return PutAsync(request);
    }

    /// <summary>Bucket or object: its owner may do everything, nobody else anything.</summary>
    public static Task GetAsync(S3Request request) => XmlAnswer.SendAsync(request, "AccessControlPolicy", xml =>
    {
        const string SchemaInstance = "http://www.w3.org/2001/XMLSchema-instance";
        var owner = request.Bucket.AccountId;
        xml.Owner("Owner", owner);
        xml.WriteStartElement("AccessControlList");
        xml.WriteStartElement("Grant");
        xml.WriteStartElement("Grantee");
        xml.WriteAttributeString("xmlns", "xsi", ns: null, SchemaInstance);
        xml.WriteAttributeString("xsi", "type", SchemaInstance, "CanonicalUser");
        xml.Element("ID", owner);
        xml.Element("DisplayName", owner);
        xml.WriteEndElement();
        xml.Element("Permission", "FULL_CONTROL");
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    /// <summary>Takes the ACL that holds anyway, and no other.</summary>
    public static async Task PutAsync(S3Request request)
    {
        CheckHeaders(request.Headers);
        if (request.Header("x-amz-acl") is not null)
        {
            return;
        }

        var document = await XmlBody.ReadAsync(request, "AccessControlPolicy");
        var grants = document.Children("AccessControlList").SelectMany(static list => list.Children("Grant")).ToList();
        if (grants.Count != 1 || grants[0].Text("Permission") != "FULL_CONTROL"
            || grants[0].Children("Grantee").FirstOrDefault()?.Text("ID") != request.Bucket.AccountId)
        {
            throw new S3Exception(S3Error.AccessControlListNotSupported);
        }
    }
}
