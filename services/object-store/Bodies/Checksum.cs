using Glue.Foundation.Checksums;

namespace Glue.ObjectStore.Bodies;

/// <summary>A checksum with its algorithm, as stored with an object and shown to clients.</summary>
/// <param name="Algorithm">Which.</param>
/// <param name="Value">Base64; of a composite one with <c>-N</c> after it, N being the number of parts.</param>
internal sealed record Checksum(ChecksumAlgorithm Algorithm, string Value)
{
    /// <summary>True: of the parts' checksums, not of the bytes.</summary>
    public bool IsComposite => Value.Contains('-', StringComparison.Ordinal);

    /// <summary>S3's <c>ChecksumType</c>.</summary>
    public string Type => IsComposite ? "COMPOSITE" : "FULL_OBJECT";
}
