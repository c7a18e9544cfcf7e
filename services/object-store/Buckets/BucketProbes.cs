using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>
/// What clients ask about features a bucket may have configured: answered as S3 answers for a bucket where nothing was. Setting
/// any of them is NotImplemented.
/// </summary>
internal static class BucketProbes
{
    private static readonly Dictionary<string, S3Error> Unconfigured = new(StringComparer.Ordinal)
    {
        ["policy"] = new("NoSuchBucketPolicy", 404, "The bucket policy does not exist"),
        ["policyStatus"] = new("NoSuchBucketPolicy", 404, "The bucket policy does not exist"),
        ["tagging"] = new("NoSuchTagSet", 404, "The TagSet does not exist"),
        ["cors"] = new("NoSuchCORSConfiguration", 404, "The CORS configuration does not exist"),
        ["lifecycle"] = new("NoSuchLifecycleConfiguration", 404, "The lifecycle configuration does not exist"),
        ["website"] = new("NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration"),
        ["replication"] = new("ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found"),
        ["object-lock"] = new("ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket"),
        ["encryption"] = new("ServerSideEncryptionConfigurationNotFoundError", 404, "The server side encryption configuration was not found"),
        ["publicAccessBlock"] = new("NoSuchPublicAccessBlockConfiguration", 404, "The public access block configuration was not found"),
    };

    private static readonly Dictionary<string, string> EmptyDocuments = new(StringComparer.Ordinal)
    {
        ["versioning"] = "VersioningConfiguration",
        ["logging"] = "BucketLoggingStatus",
        ["accelerate"] = "AccelerateConfiguration",
    };

    /// <summary>Subresources whose removal is a success when there is nothing.</summary>
    private static readonly string[] Removable = ["policy", "tagging", "cors", "lifecycle", "website", "replication", "encryption", "publicAccessBlock", "ownershipControls"];

    /// <returns>False: the query names none of them.</returns>
    public static bool TryAnswer(S3Request request, out Task answering)
    {
        foreach (var name in request.Query.Keys)
        {
            if (Unconfigured.TryGetValue(name, out var error))
            {
                throw new S3Exception(error) { Details = [("BucketName", request.BucketName)] };
            }

            if (EmptyDocuments.TryGetValue(name, out var root))
            {
                answering = XmlAnswer.SendAsync(request, root, static _ => { });
                return true;
            }

            switch (name)
            {
                case "acl":
                    answering = SendAclAsync(request);
                    return true;
                case "requestPayment":
                    answering = XmlAnswer.SendAsync(request, "RequestPaymentConfiguration", static xml => xml.Element("Payer", "BucketOwner"));
                    return true;
                case "ownershipControls":
                    answering = XmlAnswer.SendAsync(request, "OwnershipControls", static xml =>
                    {
                        xml.WriteStartElement("Rule");
                        xml.Element("ObjectOwnership", "BucketOwnerEnforced");
                        xml.WriteEndElement();
                    });
                    return true;
            }
        }

        answering = Task.CompletedTask;
        return false;
    }

    /// <returns>False: the query names none of them.</returns>
    public static bool TryRemove(S3Request request)
    {
        if (!request.Query.Keys.Any(static name => Removable.Contains(name)))
        {
            return false;
        }

        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return true;
    }

    /// <summary>Bucket or object: its owner may do everything, nobody else anything.</summary>
    public static Task SendAclAsync(S3Request request) => XmlAnswer.SendAsync(request, "AccessControlPolicy", xml =>
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
}
