namespace Glue.Functions.Decompress.Archives;

/// <summary>Compression around a tar or a single file, told by its first bytes.</summary>
internal sealed record Compression(string Name, int FilterCode, string[] Extensions)
{
    public static readonly Compression Gzip = new("gzip", 1, [".gz", ".gzip"]);

    // Codes of libarchive's filters (archive.h, ARCHIVE_FILTER_*).
    private static readonly Compression Bzip2 = new("bzip2", 2, [".bz2"]);
    private static readonly Compression Compress = new("compress", 3, [".Z"]);
    private static readonly Compression Xz = new("xz", 6, [".xz"]);
    private static readonly Compression Lzip = new("lzip", 9, [".lz"]);
    private static readonly Compression Lz4 = new("lz4", 13, [".lz4"]);
    private static readonly Compression Zstd = new("zstd", 14, [".zst", ".zstd"]);

    public static Compression? Recognise(ReadOnlySpan<byte> start) => start switch
    {
        [0x1F, 0x8B, 8, ..] => Gzip,
        [0x1F, 0x9D, ..] => Compress,
        [(byte)'B', (byte)'Z', (byte)'h', >= (byte)'1' and <= (byte)'9', ..] => Bzip2,
        [0xFD, (byte)'7', (byte)'z', (byte)'X', (byte)'Z', 0, ..] => Xz,
        [(byte)'L', (byte)'Z', (byte)'I', (byte)'P', ..] => Lzip,
        [0x04, 0x22, 0x4D, 0x18, ..] or [0x02, 0x21, 0x4C, 0x18, ..] => Lz4,
        [0x28, 0xB5, 0x2F, 0xFD, ..] => Zstd,
        _ => null,
    };

    /// <summary>Made of frames, between which skippable ones may stand.</summary>
    public static bool HasFrames(ReadOnlySpan<byte> start) => Recognise(start) is { } compression && (compression == Zstd || compression == Lz4);

    /// <summary>The bytes inside. Not all by libarchive: 3.6 does not look at gzip's checksum, and takes twice the time for it.</summary>
    public IDecoder Open(Stream source) => this == Gzip ? new GzipDecoder(source) : new FilterDecoder(source, FilterCode);

    /// <summary><c>a.tar.gz</c>, <c>a.tgz</c>: what is inside is called a tar by its name.</summary>
    public bool IsTarName(string name) =>
        NameInside(name).EndsWith(".tar", StringComparison.OrdinalIgnoreCase)
        || Path.GetExtension(name).ToLowerInvariant() is ".tgz" or ".tbz" or ".tbz2" or ".txz" or ".tzst" or ".tlz4" or ".tlz" or ".taz";

    /// <summary>The name of the single file inside <c>name</c>: without the compression's extension, when it has it.</summary>
    public string NameInside(string name)
    {
        var extension = Array.Find(Extensions, e => name.Length > e.Length && name.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        return extension is null ? name : name[..^extension.Length];
    }
}
