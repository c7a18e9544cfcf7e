using System.Xml;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Listing;

/// <summary>ListObjectVersions. In a bucket that never had versions every object is its own only one, named <c>null</c>.</summary>
internal sealed class VersionListings(VersionLister lister, ObjectCatalog catalog)
{
    private const int MaxItems = 1000;

    public Task ListAsync(S3Request request)
    {
        var text = new ListedText(request);
        var (prefix, delimiter) = (request.Ask("prefix") ?? "", request.Ask("delimiter") ?? "");
        var (keyMarker, versionMarker) = (request.Ask("key-marker") ?? "", request.Ask("version-id-marker") ?? "");
        var max = request.AskNumber("max-keys", 0, MaxItems, MaxItems);
        var page = lister.List(request.Bucket, prefix, delimiter, Position(request, keyMarker, versionMarker), max);
        return XmlAnswer.SendAsync(request, "ListVersionsResult", xml =>
        {
            xml.Element("Name", request.Bucket.Name);
            xml.Element("Prefix", text.Of(prefix));
            xml.Element("Delimiter", delimiter.Length > 0 ? text.Of(delimiter) : null);
            xml.Element("KeyMarker", text.Of(keyMarker));
            xml.Element("VersionIdMarker", versionMarker);
            xml.Element("NextKeyMarker", text.Of(page.NextKey));
            xml.Element("NextVersionIdMarker", page.NextVersion?.Text);
            xml.Element("MaxKeys", max);
            xml.Element("EncodingType", text.EncodingType);
            xml.Element("IsTruncated", page.NextKey is not null);
            foreach (var version in page.Versions)
            {
                Write(xml, request, text, version);
            }

            foreach (var common in page.CommonPrefixes)
            {
                xml.WriteStartElement("CommonPrefixes");
                xml.Element("Prefix", text.Of(common));
                xml.WriteEndElement();
            }
        });
    }

    private VersionPosition Position(S3Request request, string keyMarker, string versionMarker)
    {
        if (VersionId.Parse(versionMarker) is not { } version)
        {
            return new VersionPosition(keyMarker, null, ObjectListings.AfterMarker(keyMarker, request).SkipsAllUnder);
        }

        if (keyMarker.Length == 0)
        {
            throw new S3Exception(S3Error.InvalidArgument, "A version-id marker cannot be specified without a key marker.");
        }

        // The name null says nothing about the order; the version itself does. Is it gone, go on behind the key.
        var sequence = version.IsNull ? catalog.Find(request.Bucket, keyMarker, version)?.Sequence : version.Sequence;
        return new VersionPosition(keyMarker, sequence, SkipsAllUnder: false);
    }

    private static void Write(XmlWriter xml, S3Request request, ListedText text, ListedVersion version)
    {
        xml.WriteStartElement(version.IsMarker ? "DeleteMarker" : "Version");
        xml.Element("Key", text.Of(version.Key));
        xml.Element("VersionId", version.Version.Text);
        xml.Element("IsLatest", version.IsLatest);
        xml.Element("LastModified", version.ModifiedAt);
        if (!version.IsMarker)
        {
            xml.Element("ETag", $"\"{version.ETag}\"");
            if (StoredChecksum.FromColumn(version.Checksum) is { } checksum)
            {
                xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name());
                xml.Element("ChecksumType", checksum.Type);
            }

            xml.Element("Size", version.Size);
        }

        xml.Owner("Owner", request.Bucket.AccountId);
        xml.Element("StorageClass", version.IsMarker ? null : "STANDARD");
        xml.WriteEndElement();
    }
}
