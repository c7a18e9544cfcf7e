using System.Security.Cryptography;
using Glue.ObjectStore.Bodies;

namespace Glue.ObjectStore.Files;

/// <summary>Where a blob's bytes are.</summary>
internal enum BlobKind
{
    /// <summary>A file of the bytes alone, as the first release wrote them.</summary>
    PlainFile,

    /// <summary>A file with a sum for each block behind the bytes.</summary>
    File,

    /// <summary>A row of the database.</summary>
    Row,
}

/// <summary>A blob's name: 128 random bits, and how it is kept and verified. It says nothing about an object.</summary>
internal static class BlobId
{
    private const int Digits = 32;

    /// <param name="kind">Not <see cref="BlobKind.PlainFile"/>.</param>
    /// <param name="digest">Of rows always MD5.</param>
    public static string New(BlobKind kind, BodyDigest digest) =>
        RandomNumberGenerator.GetHexString(Digits, lowercase: true) + (kind == BlobKind.Row ? "r" : digest == BodyDigest.Xxh128 ? "x" : "s");

    public static BlobKind KindOf(string id) => id.Length == Digits ? BlobKind.PlainFile : id[^1] == 'r' ? BlobKind.Row : BlobKind.File;

    /// <summary>What the bytes were told by when they came: a verification computes the same.</summary>
    public static BodyDigest DigestOf(string id) => id[^1] == 'x' ? BodyDigest.Xxh128 : BodyDigest.Md5; // a plain file's last digit is hexadecimal
}
