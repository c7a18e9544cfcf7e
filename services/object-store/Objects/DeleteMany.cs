using System.Xml.Linq;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>DeleteObjects: up to 1,000 keys, each with its own outcome.</summary>
internal sealed class DeleteMany(ObjectCatalog catalog, TimeProvider time)
{
    private const int MaxKeys = 1000;

    public async Task DeleteAsync(S3Request request)
    {
        var document = await XmlBody.ReadAsync(request, "Delete", holdsKeys: true);
        var quiet = string.Equals(document.Text("Quiet"), "true", StringComparison.OrdinalIgnoreCase);
        var entries = document.Children("Object").ToList();
        if (entries.Count is 0 or > MaxKeys || entries.Any(static entry => entry.Text("Key") is not { Length: > 0 } key || key.Contains('\0', StringComparison.Ordinal)))
        {
            throw new S3Exception(S3Error.MalformedXml, $"Give 1 to {MaxKeys} objects, each with a Key.");
        }

        // Started together, so that they share commits; each is a change of its own, with its own event.
        var origin = ChangeOrigin.Of(request, "ObjectRemoved:Delete", time.GetUtcNow());
        var outcomes = await Task.WhenAll(entries.Select(entry => DeleteAsync(request, entry, origin)));
        await XmlAnswer.SendAsync(request, "DeleteResult", xml =>
        {
            foreach (var outcome in outcomes)
            {
                if (outcome.Error is null && quiet)
                {
                    continue;
                }

                xml.WriteStartElement(outcome.Error is null ? "Deleted" : "Error");
                xml.Element("Key", outcome.Key);
                xml.Element("VersionId", outcome.VersionId);
                if (outcome.Deletion is { IsMarker: true } marker)
                {
                    xml.Element("DeleteMarker", value: true);
                    xml.Element("DeleteMarkerVersionId", marker.Version?.Text);
                }

                xml.Element("Code", outcome.Error?.Error.Code);
                xml.Element("Message", outcome.Error?.Message);
                xml.WriteEndElement();
            }
        });
    }

    private async Task<Outcome> DeleteAsync(S3Request request, XElement entry, ChangeOrigin origin)
    {
        var (key, versionId) = (entry.Text("Key")!, entry.Text("VersionId"));
        try
        {
            var version = VersionId.Parse(versionId);
            AccessControl.Check(request, request.Bucket, key, version is null ? "s3:DeleteObject" : "s3:DeleteObjectVersion");
            var conditions = new WriteConditions(MustBeAbsent: false, entry.Text("ETag")?.Trim('"'));
            return new Outcome(key, versionId, await catalog.DeleteAsync(request.Bucket, key, version, conditions, origin), null);
        }
        catch (S3Exception e)
        {
            return new Outcome(key, versionId, null, e);
        }
    }

    private sealed record Outcome(string Key, string? VersionId, Deletion? Deletion, S3Exception? Error);
}
