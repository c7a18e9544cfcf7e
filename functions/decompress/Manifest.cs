using System.Text.Encodings.Web;
using System.Text.Json;
using Glue.Functions.Decompress.Archives;
using Glue.Functions.Objects.Staging;

namespace Glue.Functions.Decompress;

/// <summary>What an archive held. Without times or ids: the same archive gives the same bytes.</summary>
/// <param name="folder">Prefix of the members' keys.</param>
internal sealed class Manifest(string folder)
{
    private static readonly JsonWriterOptions Readable = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Dictionary<string, (string Name, long Bytes, StagedDigest Digest)> _stored = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _keyParts = new(StringComparer.Ordinal);
    private readonly List<ArchiveMember> _skipped = [];

    public string Format { get; set; } = "";

    public int Members => _stored.Count;

    public int Skipped => _skipped.Count;

    public long Bytes => _stored.Values.Sum(static member => member.Bytes);

    /// <summary>A member that was stored; one of the same key before it is replaced.</summary>
    public void Add(string name, string keyPart, long bytes, StagedDigest digest)
    {
        _stored[keyPart] = (name, bytes, digest);
        _keyParts[name] = keyPart;
    }

    /// <summary>A member that has no place in a store.</summary>
    public void Skip(ArchiveMember member) => _skipped.Add(member);

    /// <param name="name">Of a member.</param>
    /// <returns>Null: none of that name was stored.</returns>
    public long? BytesOf(string name) => _keyParts.TryGetValue(name, out var keyPart) ? _stored[keyPart].Bytes : null;

    /// <summary>Once the members are published.</summary>
    /// <param name="bucket">Of the archive.</param>
    /// <param name="key">Of the archive.</param>
    /// <param name="eTag">Of the archive.</param>
    /// <param name="archiveBytes">Its size.</param>
    /// <param name="outputBucket">Where the members are.</param>
    public byte[] Write(string bucket, string key, string eTag, long archiveBytes, string outputBucket)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes, Readable))
        {
            json.WriteStartObject();
            json.WriteStartObject("archive");
            json.WriteString("bucket", bucket);
            json.WriteString("key", key);
            json.WriteString("eTag", eTag);
            json.WriteNumber("bytes", archiveBytes);
            json.WriteString("format", Format);
            json.WriteEndObject();
            json.WriteString("bucket", outputBucket);
            json.WriteNumber("bytes", Bytes);
            json.WriteStartArray("members");
            foreach (var (keyPart, (name, size, digest)) in _stored)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("key", folder + keyPart);
                json.WriteNumber("bytes", size);
                json.WriteString("sha256", digest.Hex);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("skipped");
            foreach (var member in _skipped)
            {
                json.WriteStartObject();
                json.WriteString("name", member.Name);
                json.WriteString("reason", Reason(member));
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        bytes.WriteByte((byte)'\n');
        return bytes.ToArray();
    }

    private string Reason(ArchiveMember member) => member.Kind switch
    {
        MemberKind.SymbolicLink => $"symbolic link to {member.LinkTarget}",
        MemberKind.HardLink => $"hard link to {member.LinkTarget}, which is {(BytesOf(member.LinkTarget!) is null ? "not stored" : "stored under that name")}",
        _ => "device, pipe or socket",
    };
}
