using System.Globalization;
using System.Xml.Linq;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Multipart;

/// <summary>The body of CompleteMultipartUpload.</summary>
internal static class CompletionDocument
{
    /// <exception cref="S3Exception">MalformedXML, InvalidPartOrder.</exception>
    public static List<NamedPart> Read(XElement document)
    {
        var parts = document.Children("Part").Select(ReadPart).ToList();
        if (parts.Count is 0 or > 10_000)
        {
            throw new S3Exception(S3Error.MalformedXml, "You must specify 1 to 10000 parts.");
        }

        for (var i = 1; i < parts.Count; i++)
        {
            if (parts[i].Number <= parts[i - 1].Number)
            {
                throw new S3Exception(S3Error.InvalidPartOrder);
            }
        }

        return parts;
    }

    private static NamedPart ReadPart(XElement element)
    {
        if (!int.TryParse(element.Text("PartNumber"), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var number)
            || element.Text("ETag") is not { } etag)
        {
            throw new S3Exception(S3Error.MalformedXml, "Each Part needs a PartNumber and an ETag.");
        }

        Checksum? checksum = null;
        foreach (var algorithm in ChecksumAlgorithms.All)
        {
            if (element.Text("Checksum" + algorithm.Name()) is { } value)
            {
                checksum = new Checksum(algorithm, value.Trim());
            }
        }

        return new NamedPart(number, etag.Trim().Trim('"'), checksum);
    }
}
