namespace Glue.Foundation.Checksums;

/// <summary>Names and sizes of <see cref="ChecksumAlgorithm"/>.</summary>
public static class ChecksumAlgorithms
{
    private static readonly string[] Names = ["CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"];
    private static readonly string[] HeaderNames = [.. Names.Select(static name => "x-amz-checksum-" + name.ToLowerInvariant())];

    public static IEnumerable<ChecksumAlgorithm> All { get; } = Enum.GetValues<ChecksumAlgorithm>();

    /// <summary>As in <c>x-amz-checksum-algorithm</c> and, after <c>Checksum</c>, in XML element names.</summary>
    public static string Name(this ChecksumAlgorithm algorithm) => Names[(int)algorithm];

    /// <summary><c>x-amz-checksum-crc32</c> and the like.</summary>
    public static string Header(this ChecksumAlgorithm algorithm) => HeaderNames[(int)algorithm];

    public static ChecksumAlgorithm? FromName(string? name) => At(Array.FindIndex(Names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)));

    public static ChecksumAlgorithm? FromHeader(string? header) =>
        At(Array.FindIndex(HeaderNames, known => known.Equals(header, StringComparison.OrdinalIgnoreCase)));

    /// <summary>Length of the binary value.</summary>
    public static int Bytes(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 or ChecksumAlgorithm.Crc32C => 4,
        ChecksumAlgorithm.Crc64Nvme => 8,
        ChecksumAlgorithm.Sha1 => 20,
        _ => 32,
    };

    /// <summary>Null for the SHA family, whose values cannot be combined.</summary>
    public static Crc? Crc(this ChecksumAlgorithm algorithm) => algorithm switch
    {
        ChecksumAlgorithm.Crc32 => Checksums.Crc.Crc32,
        ChecksumAlgorithm.Crc32C => Checksums.Crc.Crc32C,
        ChecksumAlgorithm.Crc64Nvme => Checksums.Crc.Crc64Nvme,
        _ => null,
    };

    private static ChecksumAlgorithm? At(int index) => index < 0 ? null : (ChecksumAlgorithm)index;
}
