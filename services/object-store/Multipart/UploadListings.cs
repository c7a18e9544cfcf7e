using System.Text;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Listing;

namespace Glue.ObjectStore.Multipart;

/// <summary>ListParts and ListMultipartUploads.</summary>
internal sealed class UploadListings(UploadCatalog uploads)
{
    private const int MaxItems = 1000;

    public Task ListPartsAsync(S3Request request)
    {
        var upload = uploads.Get(request.Bucket, request.Key, request.Ask("uploadId")!);
        var max = request.AskNumber("max-parts", 0, MaxItems, MaxItems);
        var marker = request.AskNumber("part-number-marker", 0, int.MaxValue, 0);
        var rest = uploads.Parts(upload.Id).Where(part => part.Number > marker).ToList();
        var page = rest.Take(max).ToList();
        return XmlAnswer.SendAsync(request, "ListPartsResult", xml =>
        {
            xml.Element("Bucket", request.Bucket.Name);
            xml.Element("Key", request.Key);
            xml.Element("UploadId", upload.Id);
            xml.Owner("Initiator", request.Bucket.AccountId);
            xml.Owner("Owner", request.Bucket.AccountId);
            xml.Element("StorageClass", "STANDARD");
            xml.Element("ChecksumAlgorithm", upload.ChecksumAlgorithm?.Name());
            xml.Element("ChecksumType", upload.ChecksumType);
            xml.Element("PartNumberMarker", marker);
            xml.Element("NextPartNumberMarker", page.Count > 0 ? page[^1].Number : 0);
            xml.Element("MaxParts", max);
            xml.Element("IsTruncated", rest.Count > page.Count);
            foreach (var part in page)
            {
                xml.WriteStartElement("Part");
                xml.Element("PartNumber", part.Number);
                xml.Element("LastModified", part.ModifiedAt);
                xml.Element("ETag", $"\"{part.ETag}\"");
                xml.Element("Size", part.Size);
                xml.Element("Checksum" + part.Checksum?.Algorithm.Name(), part.Checksum?.Value);
                xml.WriteEndElement();
            }
        });
    }

    public Task ListUploadsAsync(S3Request request)
    {
        var text = new ListedText(request);
        var (prefix, delimiter) = (request.Ask("prefix") ?? "", request.Ask("delimiter") ?? "");
        var (keyMarker, idMarker) = (request.Ask("key-marker") ?? "", request.Ask("upload-id-marker") ?? "");
        var max = request.AskNumber("max-uploads", 0, MaxItems, MaxItems);
        var rest = Items(uploads.List(request.Bucket, prefix), prefix, delimiter, keyMarker, idMarker);
        var page = rest.Take(max).ToList();
        return XmlAnswer.SendAsync(request, "ListMultipartUploadsResult", xml =>
        {
            xml.Element("Bucket", request.Bucket.Name);
            xml.Element("KeyMarker", text.Of(keyMarker));
            xml.Element("UploadIdMarker", idMarker);
            if (rest.Count > page.Count && page.Count > 0)
            {
                xml.Element("NextKeyMarker", text.Of(page[^1].CommonPrefix ?? page[^1].Upload.Key));
                xml.Element("NextUploadIdMarker", page[^1].CommonPrefix is null ? page[^1].Upload.Id : null);
            }

            xml.Element("Prefix", text.Of(prefix));
            xml.Element("Delimiter", delimiter.Length > 0 ? text.Of(delimiter) : null);
            xml.Element("EncodingType", text.EncodingType);
            xml.Element("MaxUploads", max);
            xml.Element("IsTruncated", rest.Count > page.Count);
            foreach (var (upload, _) in page.Where(static item => item.CommonPrefix is null))
            {
                xml.WriteStartElement("Upload");
                xml.Element("Key", text.Of(upload.Key));
                xml.Element("UploadId", upload.Id);
                xml.Owner("Initiator", request.Bucket.AccountId);
                xml.Owner("Owner", request.Bucket.AccountId);
                xml.Element("StorageClass", "STANDARD");
                xml.Element("Initiated", upload.InitiatedAt);
                xml.Element("ChecksumAlgorithm", upload.ChecksumAlgorithm?.Name());
                xml.Element("ChecksumType", upload.ChecksumType);
                xml.WriteEndElement();
            }

            foreach (var commonPrefix in page.Select(static item => item.CommonPrefix).OfType<string>())
            {
                xml.WriteStartElement("CommonPrefixes");
                xml.Element("Prefix", text.Of(commonPrefix));
                xml.WriteEndElement();
            }
        });
    }

    /// <summary>Uploads behind the markers, those with a common prefix as one item, represented by the first of them.</summary>
    private static List<(Upload Upload, string? CommonPrefix)> Items(
        List<Upload> ordered, string prefix, string delimiter, string keyMarker, string idMarker)
    {
        var items = new List<(Upload Upload, string? CommonPrefix)>();
        foreach (var upload in ordered.Where(upload => IsBehind(upload, keyMarker, idMarker)))
        {
            var found = delimiter.Length == 0 ? -1 : upload.Key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var commonPrefix = found < 0 ? null : upload.Key[..(found + delimiter.Length)];
            if (commonPrefix is null || (commonPrefix != keyMarker && (items.Count == 0 || items[^1].CommonPrefix != commonPrefix)))
            {
                items.Add((upload, commonPrefix));
            }
        }

        return items;
    }

    private static bool IsBehind(Upload upload, string keyMarker, string idMarker)
    {
        var order = Encoding.UTF8.GetBytes(upload.Key).AsSpan().SequenceCompareTo(Encoding.UTF8.GetBytes(keyMarker));
        return order > 0 || (order == 0 && idMarker.Length > 0 && string.CompareOrdinal(upload.Id, idMarker) > 0);
    }
}
