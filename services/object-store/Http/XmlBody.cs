using System.Xml;
using System.Xml.Linq;
using Glue.ObjectStore.Bodies;

namespace Glue.ObjectStore.Http;

/// <summary>Reads the XML documents clients send: small, without DTD, checked like any other body.</summary>
internal static class XmlBody
{
    // DeleteObjects with 1,000 keys of 1,024 bytes, each escaped, stays below.
    private const int MaxBytes = 8 * 1024 * 1024;

    private static readonly XmlReaderSettings Settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false, // keys with control characters come as &#x1;
        MaxCharactersInDocument = MaxBytes,
    };

    /// <exception cref="S3Exception">MalformedXML, BadDigest and the like.</exception>
    public static async Task<XElement> ReadAsync(S3Request request, string root)
    {
        var bytes = await BodyReceiver.ReadAllAsync(request, MaxBytes);
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(bytes), Settings);
            var element = XDocument.Load(reader, LoadOptions.PreserveWhitespace).Root!;
            return element.Name.LocalName == root
                ? element
                : throw new S3Exception(S3Error.MalformedXml, $"The document's root must be {root}, not {element.Name.LocalName}.");
        }
        catch (XmlException e)
        {
            throw new S3Exception(S3Error.MalformedXml, $"{S3Error.MalformedXml.Message} (line {e.LineNumber}, column {e.LinePosition})", e);
        }
    }

    /// <summary>Children by local name: clients send S3's namespace, another one, or none.</summary>
    public static IEnumerable<XElement> Children(this XElement parent, string name) =>
        parent.Elements().Where(element => element.Name.LocalName == name);

    public static string? Text(this XElement parent, string name) => parent.Children(name).FirstOrDefault()?.Value;
}
