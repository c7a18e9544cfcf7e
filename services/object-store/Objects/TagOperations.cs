using Glue.ObjectStore.Http;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>GetObjectTagging, PutObjectTagging, DeleteObjectTagging.</summary>
internal sealed class TagOperations(ObjectCatalog catalog, ObjectReads reads, TimeProvider time)
{
    public Task GetAsync(S3Request request)
    {
        var stored = reads.Find(request);
        VersionHeaders.Send(request, stored.Version);
        return XmlAnswer.SendAsync(request, "Tagging", stored.Tags.Write);
    }

    public async Task PutAsync(S3Request request) =>
        await SetAsync(request, TagSet.FromXml(await XmlBody.ReadAsync(request, "Tagging"), TagSet.MaxOfObject), "ObjectTagging:Put");

    public async Task DeleteAsync(S3Request request)
    {
        await SetAsync(request, TagSet.Empty, "ObjectTagging:Delete");
        request.Http.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private async Task SetAsync(S3Request request, TagSet tags, string eventName)
    {
        var seen = reads.Find(request); // answers what cannot be tagged
        var origin = ChangeOrigin.Of(request, eventName, time.GetUtcNow());
        var tagged = await catalog.SetTagsAsync(request.Bucket, request.Key, VersionId.Parse(request.Ask("versionId")), tags, origin);
        VersionHeaders.Send(request, (tagged ?? seen).Version);
    }
}
