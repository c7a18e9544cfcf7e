using System.Xml;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>GetObjectAttributes: what is known of an object, without its body.</summary>
internal sealed class ObjectAttributes(ObjectReads reads)
{
    private const int MaxParts = 1000;
    private static readonly string[] Known = ["ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize"];

    public Task GetAsync(S3Request request)
    {
        var asked = request.Headers["x-amz-object-attributes"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        if (asked.Length == 0 || asked.Any(static name => !Known.Contains(name)))
        {
            throw new S3Exception(S3Error.InvalidArgument, "Invalid attribute name specified: x-amz-object-attributes takes " + string.Join(", ", Known));
        }

        var stored = reads.Find(request);
        VersionHeaders.Send(request, stored.Version);
        request.Http.Response.Headers.LastModified = HttpDates.Format(stored.ModifiedAt);
        return XmlAnswer.SendAsync(request, "GetObjectAttributesResponse", xml =>
        {
            xml.Element("ETag", asked.Contains("ETag") ? stored.ETag : null);
            if (asked.Contains("Checksum") && stored.Checksum is { } checksum)
            {
                xml.WriteStartElement("Checksum");
                xml.Element("Checksum" + checksum.Algorithm.Name(), checksum.Value);
                xml.Element("ChecksumType", checksum.Type);
                xml.WriteEndElement();
            }

            if (asked.Contains("ObjectParts") && stored.ETag.Contains('-', StringComparison.Ordinal))
            {
                WriteParts(xml, request, stored);
            }

            xml.Element("StorageClass", asked.Contains("StorageClass") ? "STANDARD" : null);
            if (asked.Contains("ObjectSize"))
            {
                xml.Element("ObjectSize", stored.Size);
            }
        });
    }

    /// <summary>Parts are numbered anew in the finished object, as GET with partNumber numbers them.</summary>
    private static void WriteParts(XmlWriter xml, S3Request request, StoredObject stored)
    {
        var marker = Number(request, "x-amz-part-number-marker", 0);
        var max = Math.Min(MaxParts, Number(request, "x-amz-max-parts", MaxParts));
        var segments = stored.Body.Segments;
        var page = segments.Select(static (segment, index) => (Number: index + 1, segment.Length)).Skip(marker).Take(max).ToList();
        xml.WriteStartElement("ObjectParts");
        xml.Element("PartsCount", segments.Count);
        xml.Element("PartNumberMarker", marker);
        xml.Element("NextPartNumberMarker", page.Count > 0 ? page[^1].Number : 0);
        xml.Element("MaxParts", max);
        xml.Element("IsTruncated", marker + page.Count < segments.Count);
        foreach (var (number, length) in page)
        {
            xml.WriteStartElement("Part");
            xml.Element("PartNumber", number);
            xml.Element("Size", length);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static int Number(S3Request request, string header, int otherwise) => request.Header(header) is not { } text ? otherwise
        : int.TryParse(text, System.Globalization.NumberStyles.None, null, out var number) ? number
        : throw new S3Exception(S3Error.InvalidArgument, $"{header} must be a whole number.");
}
