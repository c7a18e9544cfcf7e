using System.Globalization;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Buckets;

/// <summary>
/// How many bytes a bucket may hold, all versions and unfinished uploads included: Glue's own subresource <c>?glue-quota</c>, for S3 has
/// none. <c>&lt;BucketQuota&gt;&lt;MaxBytes&gt;…&lt;/MaxBytes&gt;&lt;/BucketQuota&gt;</c>; GET adds <c>UsedBytes</c>, DELETE lifts it.
/// </summary>
internal sealed class BucketQuota(BucketCatalog buckets)
{
    public const string Name = "glue-quota";

    public static S3Exception Exceeded(Bucket bucket, long quotaBytes, long usedBytes, long wantedBytes) => new(
        S3Error.QuotaExceeded,
        $"The bucket {bucket.Name} may hold {quotaBytes} bytes and holds {usedBytes}; {wantedBytes} more do not fit. Delete something (old versions and unfinished uploads count) or raise the quota.")
    {
        Details = [("BucketName", bucket.Name), ("MaxBytes", quotaBytes.ToString(CultureInfo.InvariantCulture)), ("UsedBytes", usedBytes.ToString(CultureInfo.InvariantCulture))],
    };

    /// <summary>Refuses a body that cannot fit before it is sent; the transaction decides again.</summary>
    /// <exception cref="S3Exception">QuotaExceeded.</exception>
    public void CheckAnnounced(Bucket bucket, long? announcedBytes)
    {
        if (bucket.Settings.QuotaBytes is { } quota && announcedBytes > quota)
        {
            throw Exceeded(bucket, quota, buckets.UsedBytes(bucket), announcedBytes.Value);
        }
    }

    public Task GetAsync(S3Request request) => XmlAnswer.SendAsync(request, "BucketQuota", xml =>
    {
        xml.Element("MaxBytes", request.Bucket.Settings.QuotaBytes?.ToString(CultureInfo.InvariantCulture));
        xml.Element("UsedBytes", buckets.UsedBytes(request.Bucket));
    });

    public async Task PutAsync(S3Request request)
    {
        var document = await XmlBody.ReadAsync(request, "BucketQuota");
        await buckets.SetQuotaAsync(
            request.Bucket,
            long.TryParse(document.Text("MaxBytes"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
                ? bytes
                : throw new S3Exception(S3Error.MalformedXml, "MaxBytes must be a whole number of bytes."));
    }

    public async Task DeleteAsync(S3Request request)
    {
        await buckets.SetQuotaAsync(request.Bucket, null);
        request.Http.Response.StatusCode = 204;
    }
}
