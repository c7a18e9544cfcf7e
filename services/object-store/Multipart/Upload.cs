using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Multipart;

/// <summary>A multipart upload under way.</summary>
/// <param name="Id">Opaque to clients.</param>
/// <param name="Key">What it will become.</param>
/// <param name="InitiatedAt">When.</param>
/// <param name="Headers">Of the object to be.</param>
/// <param name="Tags">Of the object to be.</param>
/// <param name="ChecksumAlgorithm">Null: none was asked for.</param>
/// <param name="IsFullObjectChecksum">The final checksum is of the bytes, not of the parts' checksums.</param>
internal sealed record Upload(
    string Id, string Key, DateTimeOffset InitiatedAt, ObjectHeaders Headers, TagSet Tags, ChecksumAlgorithm? ChecksumAlgorithm, bool IsFullObjectChecksum)
{
    /// <summary>S3's <c>ChecksumType</c>; null without an algorithm.</summary>
    public string? ChecksumType => ChecksumAlgorithm is null ? null : IsFullObjectChecksum ? "FULL_OBJECT" : "COMPOSITE";
}

/// <summary>One uploaded part.</summary>
internal sealed record UploadedPart(int Number, long Size, string ETag, DateTimeOffset ModifiedAt, Checksum? Checksum, string Blob);
