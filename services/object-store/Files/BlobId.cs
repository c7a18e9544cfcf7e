using System.Security.Cryptography;

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

/// <summary>A blob's name: 128 random bits, and how it is kept. It says nothing about an object.</summary>
internal static class BlobId
{
    private const int Digits = 32;

    public static string New(BlobKind kind) => RandomNumberGenerator.GetHexString(Digits, lowercase: true) + (kind == BlobKind.Row ? "r" : "s");

    public static BlobKind KindOf(string id) => id.Length == Digits ? BlobKind.PlainFile : id[^1] == 'r' ? BlobKind.Row : BlobKind.File;
}
