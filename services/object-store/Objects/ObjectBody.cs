using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Glue.ObjectStore.Objects;

/// <summary>One run of an object's bytes: a whole blob.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct BodySegment(string Blob, long Length);

/// <summary>
/// An object's bytes as an ordered list of blobs: one after a put, one per part after a multipart upload, which therefore
/// completes without copying a byte. Stored as <c>blob:bytes blob:bytes</c>.
/// </summary>
internal sealed class ObjectBody(IReadOnlyList<BodySegment> segments)
{
    public static ObjectBody Empty { get; } = new([]);

    public IReadOnlyList<BodySegment> Segments => segments;

    public IEnumerable<string> Blobs => segments.Select(static segment => segment.Blob);

    public static ObjectBody Parse(string text)
    {
        var segments = new List<BodySegment>();
        var rest = text.AsSpan();
        foreach (var range in rest.Split(' '))
        {
            var segment = rest[range];
            var colon = segment.IndexOf(':');
            if (colon > 0)
            {
                segments.Add(new BodySegment(segment[..colon].ToString(), long.Parse(segment[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture)));
            }
        }

        return new ObjectBody(segments);
    }

    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (var (blob, length) in segments)
        {
            text.Append(text.Length > 0 ? " " : "").Append(blob).Append(':').Append(length.ToString(CultureInfo.InvariantCulture));
        }

        return text.ToString();
    }
}
