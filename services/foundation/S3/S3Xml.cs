using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace Glue.Foundation.S3;

/// <summary>
/// Reads S3's XML, whoever wrote it: no document costs more than its bytes, white space is text (a prefix may be a blank), and what was read can be
/// written again.
/// </summary>
public static class S3Xml
{
    /// <summary>More is no request of S3: DeleteObjects with 1,000 keys of 1,024 bytes, each escaped, stays below.</summary>
    public const int MaxBytes = 8 * 1024 * 1024;

    /// <summary>S3's own documents have six levels. Building a tree takes time with the square of its depth.</summary>
    private const int MaxDepth = 64;

    private static readonly XmlReaderSettings Strict = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null };

    private static readonly XmlReaderSettings OfKeys = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false };

    /// <summary>
    /// How to write what may hold keys: control characters, which XML 1.0 cannot name, as <c>&amp;#x1;</c>, as S3 does, and a carriage return as a
    /// reference, for else its reader takes it for a line feed and so for another key.
    /// </summary>
    public static XmlWriterSettings Writing { get; } = new()
    {
        Encoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), CheckCharacters = false, NewLineHandling = NewLineHandling.Entitize,
    };

    /// <param name="document">In UTF-8, or what its byte order mark or head says.</param>
    /// <param name="holdsKeys">Control characters may come, as <c>&amp;#x1;</c>. False: nothing that XML 1.0 does not have.</param>
    /// <exception cref="XmlException">No XML, nested too deeply, with a DTD, with half of a surrogate pair, or with such a character.</exception>
    public static XElement Parse(byte[] document, bool holdsKeys = false) => Parse(settings => XmlReader.Create(new MemoryStream(document), settings), holdsKeys ? OfKeys : Strict);

    /// <inheritdoc cref="Parse(byte[], bool)"/>
    public static XElement Parse(string document, bool holdsKeys = false) => Parse(settings => XmlReader.Create(new StringReader(document), settings), holdsKeys ? OfKeys : Strict);

    private static XElement Parse(Func<XmlReaderSettings, XmlReader> open, XmlReaderSettings settings)
    {
        using (var reader = open(settings))
        {
            Check(reader);
        }

        using var again = open(settings);
        return XDocument.Load(again, LoadOptions.PreserveWhitespace).Root!;
    }

    /// <summary>Before a tree is made of it.</summary>
    private static void Check(XmlReader reader)
    {
        while (reader.Read())
        {
            if (reader.Depth > MaxDepth)
            {
                throw Fault(reader, $"Elements are nested more than {MaxDepth} deep.");
            }

            CheckText(reader);
            while (reader.MoveToNextAttribute())
            {
                CheckText(reader);
            }
        }
    }

    private static void CheckText(XmlReader reader)
    {
        for (var text = reader.Value.AsSpan(); text.IndexOfAnyInRange('\uD800', '\uDFFF') is >= 0 and var at;)
        {
            if (Rune.DecodeFromUtf16(text[at..], out _, out var used) != System.Buffers.OperationStatus.Done)
            {
                throw Fault(reader, "A character is half of a surrogate pair.");
            }

            text = text[(at + used)..];
        }
    }

    private static XmlException Fault(XmlReader reader, string message)
    {
        var at = (IXmlLineInfo)reader;
        return new XmlException(message, null, at.LineNumber, at.LinePosition);
    }
}
