using Glue.Foundation.S3;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Forms;

/// <summary>The fields of a form before its file, and the file, not yet read.</summary>
internal sealed class FormFields
{
    private readonly Dictionary<string, string> _fields = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Set by the reader when the file begins.</summary>
    public Stream File { get; set; } = Stream.Null;

    /// <summary>As the browser named it, without folders.</summary>
    public string FileName { get; set; } = "";

    public IEnumerable<string> Names => _fields.Keys;

    /// <summary>A field; null when it is absent.</summary>
    public string? this[string name]
    {
        get => _fields.GetValueOrDefault(name);
        set => _fields[name] = value ?? "";
    }

    /// <summary>The fields that say what headers say in a PUT, under the headers' names.</summary>
    public IHeaderDictionary AsHeaders()
    {
        var headers = new HeaderDictionary();
        foreach (var (name, value) in _fields)
        {
            headers[name.Equals("acl", StringComparison.OrdinalIgnoreCase) ? "x-amz-acl" : name] = value;
        }

        return headers;
    }

    /// <exception cref="S3Exception">MalformedXML, InvalidTag.</exception>
    public TagSet Tags()
    {
        if (this["tagging"] is not { } xml)
        {
            return TagSet.Empty;
        }

        try
        {
            return TagSet.FromXml(S3Xml.Parse(xml), TagSet.MaxOfObject);
        }
        catch (System.Xml.XmlException e)
        {
            throw new S3Exception(S3Error.MalformedXml, inner: e);
        }
    }
}
