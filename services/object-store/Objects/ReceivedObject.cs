using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>A body that came to its end, and what its object will be told by.</summary>
internal sealed record ReceivedObject(BlobWriter Blob, ReceivedBody Body, ObjectHeaders Headers, TagSet Tags)
{
    /// <summary>Makes it the key's object: on disk, with its event, when this returns.</summary>
    public async Task<StoredObject> StoreAsync(ObjectCatalog catalog, S3Request request, string key, WriteConditions conditions, string eventName, TimeProvider time)
    {
        await Blob.SyncAsync();
        var now = time.GetUtcNow();
        var stored = await catalog.PutAsync(request.Bucket, key, conditions, ChangeOrigin.Of(request, eventName, now), (write, _) =>
        {
            Blob.Add(write);
            return new StoredObject
            {
                Size = Body.Length,
                ETag = Body.ETag,
                ModifiedAt = now,
                Checksum = Body.Checksum,
                Tags = Tags,
                Headers = Headers,
                Body = new ObjectBody([new BodySegment(Blob.Id, Body.Length)]),
            };
        });
        Blob.Keep();
        return stored;
    }
}
