using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>
/// What clients ask about features that buckets here never have: answered as S3 answers for a bucket where nothing was configured.
/// Setting any of them is NotImplemented, except to what holds anyway.
/// </summary>
internal static class BucketProbes
{
    private static readonly Dictionary<string, S3Error> Unconfigured = new(StringComparer.Ordinal)
    {
        ["website"] = new("NoSuchWebsiteConfiguration", 404, "The specified bucket does not have a website configuration"),
        ["replication"] = new("ReplicationConfigurationNotFoundError", 404, "The replication configuration was not found"),
        ["object-lock"] = new("ObjectLockConfigurationNotFoundError", 404, "Object Lock configuration does not exist for this bucket"),
        ["encryption"] = new("ServerSideEncryptionConfigurationNotFoundError", 404, "The server side encryption configuration was not found"),
    };

    private static readonly Dictionary<string, string> EmptyDocuments = new(StringComparer.Ordinal)
    {
        ["logging"] = "BucketLoggingStatus",
        ["accelerate"] = "AccelerateConfiguration",
        ["analytics"] = "ListBucketAnalyticsConfigurationResult",
        ["intelligent-tiering"] = "ListBucketIntelligentTieringConfigurationsOutput",
        ["inventory"] = "ListInventoryConfigurationsResult",
        ["metrics"] = "ListMetricsConfigurationsResult",
    };

    /// <summary>Subresources whose removal is a success when there is nothing.</summary>
    private static readonly string[] Removable = ["website", "replication", "encryption", "ownershipControls"];

    /// <returns>Null: this store has no answer.</returns>
    public static Func<S3Request, Task>? Get(string subresource) =>
        Unconfigured.TryGetValue(subresource, out var error)
            ? request => throw new S3Exception(error) { Details = [("BucketName", request.BucketName)] }
            : EmptyDocuments.TryGetValue(subresource, out var root)
                ? request => XmlAnswer.SendAsync(request, root, static _ => { })
                : subresource switch
                {
                    "requestPayment" => SendPayerAsync,
                    "ownershipControls" => SendOwnershipAsync,
                    _ => null,
                };

    /// <returns>Null: this store cannot be told that.</returns>
    public static Func<S3Request, Task>? Put(string subresource) => subresource switch
    {
        "requestPayment" => static request => TakeOnlyAsync(request, "RequestPaymentConfiguration", "Payer", "BucketOwner"),
        "ownershipControls" => static request => TakeOnlyAsync(request, "OwnershipControls", "ObjectOwnership", "BucketOwnerEnforced"),
        "accelerate" => static request => TakeOnlyAsync(request, "AccelerateConfiguration", "Status", "Suspended"),
        _ => null,
    };

    /// <returns>Null: this store cannot be told that.</returns>
    public static Func<S3Request, Task>? Delete(string subresource) => !Removable.Contains(subresource) ? null : static request =>
    {
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    };

    private static Task SendPayerAsync(S3Request request) =>
        XmlAnswer.SendAsync(request, "RequestPaymentConfiguration", static xml => xml.Element("Payer", "BucketOwner"));

    private static Task SendOwnershipAsync(S3Request request) => XmlAnswer.SendAsync(request, "OwnershipControls", static xml =>
    {
        xml.WriteStartElement("Rule");
        xml.Element("ObjectOwnership", "BucketOwnerEnforced");
        xml.WriteEndElement();
    });

    private static async Task TakeOnlyAsync(S3Request request, string root, string element, string value)
    {
        var document = await XmlBody.ReadAsync(request, root);
        if (document.Descendants().Any(found => found.Name.LocalName == element && found.Value.Trim() != value))
        {
            throw new S3Exception(S3Error.NotImplemented, $"{element} can only be {value} in this store.");
        }
    }
}
