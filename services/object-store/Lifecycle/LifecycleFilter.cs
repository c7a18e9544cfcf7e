using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>Which objects a lifecycle rule is about: all of its parts must hold.</summary>
internal sealed record LifecycleFilter(string Prefix, IReadOnlyList<(string Key, string Value)> Tags, long? SizeGreaterThan, long? SizeLessThan)
{
    public byte[] PrefixBytes { get; } = Encoding.UTF8.GetBytes(Prefix);

    public bool IsOnlyPrefix => Tags.Count == 0 && SizeGreaterThan is null && SizeLessThan is null;

    /// <exception cref="S3Exception">MalformedXML.</exception>
    public static LifecycleFilter Parse(XElement rule)
    {
        var filter = rule.Children("Filter").FirstOrDefault();
        var parts = filter?.Children("And").FirstOrDefault() ?? filter ?? rule; // without Filter: the older form, Prefix alone
        return new LifecycleFilter(
            parts.Text("Prefix") ?? "",
            [.. parts.Children("Tag").Select(static tag => (tag.Text("Key") ?? "", tag.Text("Value") ?? ""))],
            Bytes(parts, "ObjectSizeGreaterThan"),
            Bytes(parts, "ObjectSizeLessThan"));
    }

    public bool Matches(ReadOnlySpan<byte> key, long size, TagSet tags) =>
        key.StartsWith(PrefixBytes) && !(size <= SizeGreaterThan) && !(size >= SizeLessThan) && Tags.All(tag => tags.Has(tag.Key, tag.Value));

    private static long? Bytes(XElement parts, string name) => parts.Text(name) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var bytes) ? bytes
        : throw new S3Exception(S3Error.MalformedXml, $"{name} must be a whole number of bytes.");
}
