using System.Globalization;

namespace Glue.Functions.Storage;

/// <summary>Reads one page of ListMultipartUploads, whose keys were asked for percent-encoded.</summary>
internal static class UploadList
{
    private const string Start = "<Upload>";

    public static List<MultipartUpload> Read(string xml, StorageClient client, string bucket)
    {
        var uploads = new List<MultipartUpload>();
        for (var at = xml.IndexOf(Start, StringComparison.Ordinal); at >= 0; at = xml.IndexOf(Start, at + 1, StringComparison.Ordinal))
        {
            var end = xml.IndexOf("</Upload>", at, StringComparison.Ordinal);
            var upload = end < 0 ? xml[at..] : xml[at..end];
            if (ErrorXml.Element(upload, "Key") is { } key && ErrorXml.Element(upload, "UploadId") is { } id)
            {
                var begun = DateTimeOffset.TryParse(
                    ErrorXml.Element(upload, "Initiated"), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time) ? time : (DateTimeOffset?)null;
                uploads.Add(new MultipartUpload(client, bucket, Uri.UnescapeDataString(key.Replace('+', ' ')), id, begun));
            }
        }

        return uploads;
    }
}
