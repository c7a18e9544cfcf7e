using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>DeleteObjects: up to 1,000 keys, each with its own outcome.</summary>
internal sealed class DeleteMany(ObjectCatalog catalog, TimeProvider time)
{
    private const int MaxKeys = 1000;

    public async Task DeleteAsync(S3Request request)
    {
        var document = await XmlBody.ReadAsync(request, "Delete");
        var quiet = string.Equals(document.Text("Quiet"), "true", StringComparison.OrdinalIgnoreCase);
        var entries = document.Children("Object").ToList();
        if (entries.Count is 0 or > MaxKeys || entries.Any(static entry => entry.Text("Key") is null or ""))
        {
            throw new S3Exception(S3Error.MalformedXml, $"Give 1 to {MaxKeys} objects, each with a Key.");
        }

        // Started together, so that they share commits; each is a change of its own, with its own event.
        var origin = ChangeOrigin.Of(request, "ObjectRemoved:Delete", time.GetUtcNow());
        var outcomes = await Task.WhenAll(entries.Select(async entry =>
        {
            var key = entry.Text("Key")!;
            try
            {
                ObjectReads.CheckVersion(entry.Text("VersionId"));
                await catalog.DeleteAsync(request.Bucket, key, new WriteConditions(MustBeAbsent: false, entry.Text("ETag")?.Trim('"')), origin);
                return (Key: key, Error: null);
            }
            catch (S3Exception e)
            {
                return (Key: key, Error: (S3Exception?)e);
            }
        }));
        await XmlAnswer.SendAsync(request, "DeleteResult", xml =>
        {
            foreach (var (key, error) in outcomes)
            {
                if (error is null && quiet)
                {
                    continue;
                }

                xml.WriteStartElement(error is null ? "Deleted" : "Error");
                xml.Element("Key", key);
                xml.Element("Code", error?.Error.Code);
                xml.Element("Message", error?.Message);
                xml.WriteEndElement();
            }
        });
    }
}
