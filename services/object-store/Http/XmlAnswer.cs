using System.Globalization;
using System.Xml;
using Glue.Foundation.S3;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Http;

/// <summary>S3's XML answers.</summary>
internal static class XmlAnswer
{
    public const string Namespace = "http://s3.amazonaws.com/doc/2006-03-01/";

    public static async Task SendAsync(HttpContext http, int status, Action<XmlWriter> write, CancellationToken cancellationToken)
    {
        using var buffer = new MemoryStream();
        using (var xml = XmlWriter.Create(buffer, S3Xml.Writing))
        {
            xml.WriteStartDocument();
            write(xml);
            xml.WriteEndDocument();
        }

        http.Response.StatusCode = status;
        http.Response.ContentType = "application/xml";
        http.Response.ContentLength = buffer.Length;
        await http.Response.Body.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancellationToken);
    }

    public static Task SendAsync(S3Request request, string root, Action<XmlWriter> content) =>
        SendAsync(request.Http, StatusCodes.Status200OK, xml =>
        {
            xml.WriteStartElement(root, Namespace);
            content(xml);
            xml.WriteEndElement();
        }, request.Aborted);

    /// <summary>An element, unless its value is null.</summary>
    public static void Element(this XmlWriter xml, string name, string? value)
    {
        if (value is not null)
        {
            xml.WriteElementString(name, value);
        }
    }

    public static void Element(this XmlWriter xml, string name, long value) =>
        xml.WriteElementString(name, value.ToString(CultureInfo.InvariantCulture));

    public static void Element(this XmlWriter xml, string name, bool value) => xml.WriteElementString(name, value ? "true" : "false");

    /// <summary>Milliseconds are always .000: the HTTP date of the same object has no more than seconds either.</summary>
    public static void Element(this XmlWriter xml, string name, DateTimeOffset value) =>
        xml.WriteElementString(name, value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'.000Z'", CultureInfo.InvariantCulture));

    public static void Owner(this XmlWriter xml, string element, string accountId)
    {
        xml.WriteStartElement(element);
        xml.Element("ID", accountId);
        xml.Element("DisplayName", accountId);
        xml.WriteEndElement();
    }
}
