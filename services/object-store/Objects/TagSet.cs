using System.Net;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>Tags of an object or a bucket (S3 User Guide, "Categorizing your storage using tags", read 2026-11).</summary>
internal sealed class TagSet
{
    public const int MaxOfObject = 10;
    public const int MaxOfBucket = 50;
    private const int MaxKeyChars = 128;
    private const int MaxValueChars = 256;

    private readonly List<(string Key, string Value)> _tags;

    private TagSet(List<(string Key, string Value)> tags) => _tags = tags;

    public static TagSet Empty { get; } = new([]);

    public int Count => _tags.Count;

    /// <summary>The tags as <c>x-amz-tagging</c> has them: <c>key=value&amp;key=value</c>, percent-encoded.</summary>
    /// <exception cref="S3Exception">InvalidTag, BadRequest.</exception>
    public static TagSet FromHeader(string? header)
    {
        if (header is null)
        {
            return Empty;
        }

        var tags = new List<(string, string)>();
        foreach (var pair in header.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            tags.Add(equals < 0 ? (WebUtility.UrlDecode(pair), "") : (WebUtility.UrlDecode(pair[..equals]), WebUtility.UrlDecode(pair[(equals + 1)..])));
        }

        return Checked(tags, MaxOfObject);
    }

    /// <param name="tagging">S3's element Tagging.</param>
    /// <param name="most">Tags allowed.</param>
    /// <exception cref="S3Exception">MalformedXML, InvalidTag, BadRequest.</exception>
    public static TagSet FromXml(XElement tagging, int most)
    {
        if (tagging.Children("TagSet").ToList() is not [var set])
        {
            throw new S3Exception(S3Error.MalformedXml, "A Tagging has one TagSet.");
        }

        return Checked(
            [.. set.Children("Tag").Select(static tag => (tag.Text("Key") ?? throw new S3Exception(S3Error.MalformedXml), tag.Text("Value") ?? ""))], most);
    }

    /// <summary>As <see cref="ToColumn"/> wrote it; it was checked then.</summary>
    public static TagSet FromColumn(string? column) => column is null ? Empty : FromHeader(column);

    /// <returns>Null: no tags.</returns>
    public string? ToColumn()
    {
        if (_tags.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        foreach (var (key, value) in _tags)
        {
            text.Append(text.Length > 0 ? "&" : "").Append(Uri.EscapeDataString(key)).Append('=').Append(Uri.EscapeDataString(value));
        }

        return text.ToString();
    }

    public bool Has(string key, string value) => _tags.Contains((key, value));

    public void Write(XmlWriter xml)
    {
        xml.WriteStartElement("TagSet");
        foreach (var (key, value) in _tags)
        {
            xml.WriteStartElement("Tag");
            xml.Element("Key", key);
            xml.Element("Value", value);
            xml.WriteEndElement();
        }

        xml.WriteEndElement();
    }

    private static TagSet Checked(List<(string Key, string Value)> tags, int most)
    {
        if (tags.Count > most)
        {
            throw new S3Exception(S3Error.BadRequest, most == MaxOfObject
                ? $"Object tags cannot be greater than {MaxOfObject}"
                : $"Bucket tag count cannot be greater than {MaxOfBucket}");
        }

        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > MaxKeyChars)
            {
                throw Invalid("The TagKey you have provided is invalid", key);
            }

            if (value.Length > MaxValueChars)
            {
                throw Invalid("The TagValue you have provided is invalid", key);
            }

            if (key.StartsWith("aws:", StringComparison.Ordinal))
            {
                throw Invalid("System tags cannot be added/updated by requester", key);
            }

            if (!keys.Add(key))
            {
                throw Invalid("Cannot provide multiple Tags with the same key", key);
            }
        }

        return tags.Count == 0 ? Empty : new TagSet(tags);
    }

    private static S3Exception Invalid(string message, string key) => new(S3Error.InvalidTag, message) { Details = [("TagKey", key)] };
}
