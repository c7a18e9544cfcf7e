using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>S3's error document.</summary>
internal static class ErrorAnswer
{
    /// <summary>An answer that began as an object's and failed before a byte was sent must not keep them.</summary>
    private static readonly string[] OfAnObject =
    [
        "ETag", "Last-Modified", "Content-Range", "Accept-Ranges", "Content-Encoding", "Content-Disposition", "Content-Language", "Cache-Control", "Expires",
    ];

    public static async Task SendAsync(HttpContext http, RequestIds ids, string target, S3Exception error)
    {
        var response = http.Response;
        response.Headers.ContentLength = null;
        foreach (var name in response.Headers.Keys.Where(static name => OfAnObject.Contains(name, StringComparer.OrdinalIgnoreCase)
            || name.StartsWith("x-amz-meta-", StringComparison.OrdinalIgnoreCase) || name.StartsWith("x-amz-checksum-", StringComparison.OrdinalIgnoreCase)).ToList())
        {
            response.Headers.Remove(name);
        }

        if (error.Error == S3Error.InvalidRange)
        {
            response.Headers.ContentRange = "bytes */" + error.Details.FirstOrDefault(static detail => detail.Name == "ActualObjectSize").Value;
        }

        if (http.Request.Headers.Expect.Count > 0)
        {
            // Refused before the body was asked for (100-continue): whether the client still sends it nobody knows, and what
            // it sends next on this connection could be taken for it.
            response.Headers.Connection = "close";
        }

        var question = target.IndexOf('?', StringComparison.Ordinal);
        await WriteAsync(http, ids, error.Error, error.Message, error.Details, question < 0 ? target : target[..question]);
    }

    /// <summary>The same error without any text of the caller's, where one of them could not be written.</summary>
    public static Task SendPlainAsync(HttpContext http, RequestIds ids, S3Error error) => WriteAsync(http, ids, error, error.Message, [], resource: null);

    private static async Task WriteAsync(
        HttpContext http, RequestIds ids, S3Error error, string message, IReadOnlyList<(string Name, string Value)> details, string? resource)
    {
        http.Response.StatusCode = error.Status;
        if (HttpMethods.IsHead(http.Request.Method))
        {
            return; // the status is all a HEAD can say
        }

        await XmlAnswer.SendAsync(http, error.Status, xml =>
        {
            xml.WriteStartElement("Error");
            xml.Element("Code", error.Code);
            xml.Element("Message", message);
            foreach (var (name, value) in details)
            {
                xml.Element(name, value);
            }

            xml.Element("Resource", resource);
            xml.Element("RequestId", ids.RequestId);
            xml.Element("HostId", ids.HostId);
            xml.WriteEndElement();
        }, http.RequestAborted);
    }
}
