using System.Xml;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Listing;

/// <summary>ListObjects, ListObjectsV2.</summary>
internal sealed class ObjectListings(KeyLister lister)
{
    private const int MaxItems = 1000;

    public Task ListV1Async(S3Request request)
    {
        var text = new ListedText(request);
        var marker = request.Ask("marker") ?? "";
        var query = Query(request, AfterMarker(marker, request));
        var page = lister.List(request.Bucket, query);
        return XmlAnswer.SendAsync(request, "ListBucketResult", xml =>
        {
            Head(xml, request, query, text);
            xml.Element("Marker", text.Of(marker));
            xml.Element("IsTruncated", page.Next is not null);
            if (query.Delimiter.Length > 0)
            {
                xml.Element("NextMarker", text.Of(page.Next?.Item)); // without a delimiter the last key serves
            }

            Items(xml, page, text, owner: request.Bucket.AccountId);
        });
    }

    public Task ListV2Async(S3Request request)
    {
        var text = new ListedText(request);
        var token = request.Ask("continuation-token");
        var startAfter = request.Ask("start-after");
        var query = Query(request, token is null ? AfterMarker(startAfter ?? "", request) : ContinuationToken.Parse(token));
        var page = lister.List(request.Bucket, query);
        return XmlAnswer.SendAsync(request, "ListBucketResult", xml =>
        {
            Head(xml, request, query, text);
            xml.Element("KeyCount", page.Objects.Count + page.CommonPrefixes.Count);
            xml.Element("ContinuationToken", token);
            xml.Element("StartAfter", text.Of(startAfter));
            xml.Element("IsTruncated", page.Next is not null);
            xml.Element("NextContinuationToken", page.Next is { } next ? ContinuationToken.From(next) : null);
            Items(xml, page, text, owner: request.Ask("fetch-owner") == "true" ? request.Bucket.AccountId : null);
        });
    }

    private static ListQuery Query(S3Request request, ListPosition after) => new(
        request.Ask("prefix") ?? "", request.Ask("delimiter") ?? "", after, request.AskNumber("max-keys", 0, MaxItems, MaxItems));

    /// <summary>A marker that is itself a common prefix (as NextMarker gives it) stands behind everything under that prefix.</summary>
    public static ListPosition AfterMarker(string marker, S3Request request)
    {
        var (prefix, delimiter) = (request.Ask("prefix") ?? "", request.Ask("delimiter") ?? "");
        var isCommonPrefix = delimiter.Length > 0 && marker.StartsWith(prefix, StringComparison.Ordinal)
            && marker.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal) is var found and >= 0
            && found + delimiter.Length == marker.Length;
        return new ListPosition(marker, isCommonPrefix);
    }

    private static void Head(XmlWriter xml, S3Request request, ListQuery query, ListedText text)
    {
        xml.Element("Name", request.Bucket.Name);
        xml.Element("Prefix", text.Of(query.Prefix));
        xml.Element("Delimiter", query.Delimiter.Length > 0 ? text.Of(query.Delimiter) : null);
        xml.Element("MaxKeys", query.MaxItems);
        xml.Element("EncodingType", text.EncodingType);
    }

    private static void Items(XmlWriter xml, ListPage page, ListedText text, string? owner)
    {
        foreach (var item in page.Objects)
        {
            xml.WriteStartElement("Contents");
            xml.Element("Key", text.Of(item.Key));
            xml.Element("LastModified", item.ModifiedAt);
            xml.Element("ETag", $"\"{item.ETag}\"");
            if (StoredChecksum.FromColumn(item.Checksum) is { } checksum)
            {
                xml.Element("ChecksumAlgorithm", checksum.Algorithm.Name());
                xml.Element("ChecksumType", checksum.Type);
            }

            xml.Element("Size", item.Size);
            if (owner is not null)
            {
                xml.Owner("Owner", owner);
            }

            xml.Element("StorageClass", "STANDARD");
            xml.WriteEndElement();
        }

        foreach (var prefix in page.CommonPrefixes)
        {
            xml.WriteStartElement("CommonPrefixes");
            xml.Element("Prefix", text.Of(prefix));
            xml.WriteEndElement();
        }
    }
}
