namespace Glue.Foundation.Signing;

/// <summary>What the signature promises about the body, for whoever reads it.</summary>
public sealed class PayloadSigning
{
    private PayloadSigning(PayloadSigningKind kind) => Kind = kind;

    public static PayloadSigning Unsigned { get; } = new(PayloadSigningKind.Unsigned);

    public static PayloadSigning StreamingUnsignedTrailer { get; } = new(PayloadSigningKind.StreamingUnsignedTrailer);

    public PayloadSigningKind Kind { get; }

    /// <summary>Lower-case hexadecimal SHA-256 of the body; for <see cref="PayloadSigningKind.SignedHash"/> only.</summary>
    public string? Sha256Hex { get; private init; }

    /// <summary>What the chunks' signatures continue; for the two signed streaming kinds only.</summary>
    public ChunkSigningSeed? Seed { get; private init; }

    /// <summary>Of a request whose sender is known without a signature: framing and hash are the body's, whoever signed.</summary>
    /// <param name="contentSha256">The header <c>x-amz-content-sha256</c>; null: there is none.</param>
    public static PayloadSigning WithoutSignature(string? contentSha256) =>
        contentSha256 is null ? Unsigned
        : contentSha256.StartsWith("STREAMING-", StringComparison.Ordinal) ? StreamingUnsignedTrailer
        : contentSha256.Length == 64 && contentSha256.All(char.IsAsciiHexDigit) ? SignedHash(contentSha256)
        : Unsigned;

    internal static PayloadSigning SignedHash(string sha256Hex) => new(PayloadSigningKind.SignedHash) { Sha256Hex = sha256Hex };

    internal static PayloadSigning Streaming(PayloadSigningKind kind, ChunkSigningSeed seed) => new(kind) { Seed = seed };
}
