using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>The headers that tell of versions; a bucket that never had any sends none.</summary>
internal static class VersionHeaders
{
    public static void Send(S3Request request, VersionId? version)
    {
        if (version is not null && request.Bucket.HasVersions)
        {
            request.Http.Response.Headers["x-amz-version-id"] = version.Text;
        }
    }

    public static void SendMarker(S3Request request, VersionId? version)
    {
        request.Http.Response.Headers["x-amz-delete-marker"] = "true";
        Send(request, version);
    }
}
