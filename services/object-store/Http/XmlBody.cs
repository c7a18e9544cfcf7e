using System.Xml;
using System.Xml.Linq;
using Glue.Foundation.S3;
using Glue.ObjectStore.Bodies;

namespace Glue.ObjectStore.Http;

/// <summary>Reads the XML documents clients send, checked like any other body, and those of them that are kept.</summary>
internal static class XmlBody
{
    /// <param name="request">Its body.</param>
    /// <param name="root">The element expected.</param>
    /// <param name="holdsKeys">Keys may hold control characters; everything else is what XML 1.0 can write.</param>
    /// <exception cref="S3Exception">MalformedXML, BadDigest and the like.</exception>
    public static async Task<XElement> ReadAsync(S3Request request, string root, bool holdsKeys = false)
    {
        var bytes = await BodyReceiver.ReadAllAsync(request, S3Xml.MaxBytes);
        try
        {
            var element = S3Xml.Parse(bytes, holdsKeys);
            return element.Name.LocalName == root
                ? element
                : throw new S3Exception(S3Error.MalformedXml, $"The document's root must be {root}, not {element.Name.LocalName}.");
        }
        catch (XmlException e)
        {
            throw new S3Exception(S3Error.MalformedXml, $"{S3Error.MalformedXml.Message} (line {e.LineNumber}, column {e.LinePosition})", e);
        }
    }

    /// <summary>A document that was checked when it was put. White space is text: a rule whose prefix is a blank is not about all objects.</summary>
    public static XElement Kept(string document) => XElement.Parse(document, LoadOptions.PreserveWhitespace);

    /// <summary>As <see cref="Kept"/> reads it again, character by character.</summary>
    public static string Keep(XElement document)
    {
        var text = new StringWriter();
        using (var xml = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true, NewLineHandling = NewLineHandling.Entitize }))
        {
            document.WriteTo(xml);
        }

        return text.ToString();
    }

    /// <summary>Children by local name: clients send S3's namespace, another one, or none.</summary>
    public static IEnumerable<XElement> Children(this XElement parent, string name) =>
        parent.Elements().Where(element => element.Name.LocalName == name);

    public static string? Text(this XElement parent, string name) => parent.Children(name).FirstOrDefault()?.Value;
}
