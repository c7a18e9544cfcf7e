using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Multipart;

/// <summary>What CompleteMultipartUpload names, checked against what was uploaded, made into an object.</summary>
internal static class Completion
{
    private const long MinPartBytes = 5 << 20; // of all parts but the last, as S3's

    /// <param name="upload">Its headers and checksum become the object's.</param>
    /// <param name="uploaded">By number.</param>
    /// <param name="named">What the request lists.</param>
    /// <param name="now">The object's time.</param>
    /// <exception cref="S3Exception">InvalidPart, EntityTooSmall.</exception>
    public static StoredObject Assemble(Upload upload, IReadOnlyList<UploadedPart> uploaded, IReadOnlyList<NamedPart> named, DateTimeOffset now)
    {
        var byNumber = uploaded.ToDictionary(static part => part.Number);
        var parts = new List<UploadedPart>(named.Count);
        foreach (var name in named)
        {
            if (!byNumber.TryGetValue(name.Number, out var part) || part.ETag != name.ETag
                || (name.Checksum is not null && part.Checksum is not null && name.Checksum != part.Checksum))
            {
                throw new S3Exception(S3Error.InvalidPart) { Details = [("PartNumber", name.Number.ToString()), ("ETag", name.ETag)] };
            }

            parts.Add(part);
        }

        if (parts.SkipLast(1).FirstOrDefault(static part => part.Size < MinPartBytes) is { } small)
        {
            throw new S3Exception(S3Error.EntityTooSmall)
            {
                Details = [("ProposedSize", small.Size.ToString()), ("MinSizeAllowed", MinPartBytes.ToString()), ("PartNumber", small.Number.ToString())],
            };
        }

        return new StoredObject
        {
            Size = parts.Sum(static part => part.Size),
            ETag = PartETag.OfObject([.. parts.SelectMany(static part => Convert.FromHexString(part.ETag))], parts.Count),
            ModifiedAt = now,
            Checksum = Checksum(upload, parts),
            Tags = upload.Tags,
            Headers = upload.Headers,
            Body = new ObjectBody([.. parts.Select(static part => new BodySegment(part.Blob, part.Size))]),
        };
    }

    private static Checksum? Checksum(Upload upload, List<UploadedPart> parts)
    {
        if (upload.ChecksumAlgorithm is not { } algorithm || parts.Exists(part => part.Checksum?.Algorithm != algorithm))
        {
            return null;
        }

        if (upload.IsFullObjectChecksum)
        {
            return FullObject(algorithm, parts);
        }

        using var composite = new RunningChecksum(algorithm);
        foreach (var part in parts)
        {
            composite.Append(Convert.FromBase64String(part.Checksum!.Value));
        }

        return new Checksum(algorithm, $"{composite.Finish()}-{parts.Count}");
    }

    private static Checksum FullObject(ChecksumAlgorithm algorithm, List<UploadedPart> parts)
    {
        var crc = algorithm.Crc()!;
        var combined = 0UL;
        foreach (var part in parts)
        {
            var value = Convert.FromBase64String(part.Checksum!.Value).Aggregate(0UL, static (sum, next) => (sum << 8) | next);
            combined = crc.Combine(combined, value, part.Size);
        }

        return new Checksum(algorithm, Convert.ToBase64String(RunningChecksum.Bytes(crc, combined)));
    }
}

/// <summary>A part as CompleteMultipartUpload lists it.</summary>
internal sealed record NamedPart(int Number, string ETag, Checksum? Checksum);
