using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>PutBucketVersioning, GetBucketVersioning.</summary>
internal sealed class VersioningOperations(BucketCatalog buckets)
{
    public static Task GetAsync(S3Request request) => XmlAnswer.SendAsync(
        request, "VersioningConfiguration", xml => xml.Element("Status", request.Bucket.HasVersions ? request.Bucket.Settings.Versioning.ToString() : null));

    public async Task PutAsync(S3Request request)
    {
        var document = await XmlBody.ReadAsync(request, "VersioningConfiguration");
        if (document.Text("MfaDelete") is "Enabled")
        {
            throw new S3Exception(S3Error.NotImplemented, "This store has no MFA delete.");
        }

        await buckets.SetVersioningAsync(request.Bucket, document.Text("Status") switch
        {
            "Enabled" => Versioning.Enabled,
            "Suspended" => Versioning.Suspended,
            _ => throw new S3Exception(S3Error.IllegalVersioningConfiguration),
        });
    }
}
