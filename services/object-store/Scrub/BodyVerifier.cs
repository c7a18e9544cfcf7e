using System.Security.Cryptography;
using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;
using Glue.ObjectStore.Multipart;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Scrub;

/// <summary>Reads one body from the disk and compares it with everything known of it: the blocks' sums, the ETag, the additional checksum.</summary>
internal sealed class BodyVerifier(BlobFiles files, StoredBodies bodies, TimeProvider time)
{
    private const int PieceBytes = 256 * 1024;

    private readonly byte[] _buffer = new byte[PieceBytes];

    /// <param name="row">What to read.</param>
    /// <param name="pace">Told of every piece; delays the next.</param>
    /// <param name="cancellationToken">Ends the verification.</param>
    /// <returns>What is wrong, for people; null: nothing.</returns>
    public async Task<string?> VerifyAsync(StoredBodyRow row, Func<int, Task> pace, CancellationToken cancellationToken)
    {
        var damaged = new List<string>();
        var fault = await FaultAsync(row, damaged, pace, cancellationToken);
        foreach (var blob in row.Body.Blobs)
        {
            if (fault is not null && damaged.Contains(blob))
            {
                await files.Damaged.MarkAsync(blob, fault, time.GetUtcNow());
            }
            else if (fault is null)
            {
                await files.Damaged.ClearAsync(blob);
            }
        }

        return fault;
    }

    private async Task<string?> FaultAsync(StoredBodyRow row, List<string> damaged, Func<int, Task> pace, CancellationToken cancellationToken)
    {
        using var running = row.Checksum is { } known ? new RunningChecksum(known.Algorithm) : null;
        using var composite = row.Checksum is { IsComposite: true } parts ? new RunningChecksum(parts.Algorithm) : null;
        var digests = new List<byte>();
        foreach (var segment in row.Body.Segments)
        {
            using var digest = new RunningDigest(BlobId.DigestOf(segment.Blob));
            try
            {
                await ReadAsync(segment, bytes =>
                {
                    digest.Append(bytes);
                    running?.Append(bytes);
                }, pace, cancellationToken);
            }
            catch (Exception e) when (e is BodyDamagedException or FileNotFoundException)
            {
                if (!bodies.IsNamed(segment.Blob))
                {
                    return null; // deleted meanwhile
                }

                damaged.Add(segment.Blob);
                return e is BodyDamagedException known2 ? known2.What : "its file is missing";
            }

            digests.AddRange(digest.Finish());
            composite?.Append(Convert.FromBase64String(running!.Finish()));
        }

        var fault = Compare(row, [.. digests], composite is null ? running?.Finish() : $"{composite.Finish()}-{row.Body.Segments.Count}");
        damaged.AddRange(fault is null ? [] : row.Body.Blobs);
        return fault;
    }

    private static string? Compare(StoredBodyRow row, byte[] digests, string? checksum)
    {
#pragma warning disable CA5351 // an ETag is MD5 by definition
        var etag = row.ETag.Contains('-', StringComparison.Ordinal)
            ? PartETag.OfObject(digests, row.Body.Segments.Count)
            : Convert.ToHexStringLower(digests.Length > 0 ? digests : MD5.HashData([]));
#pragma warning restore CA5351
        return etag != row.ETag ? $"its bytes give the ETag {etag}, not {row.ETag}"
            : checksum != row.Checksum?.Value ? $"its {row.Checksum!.Algorithm.Name()} is {checksum}, not {row.Checksum.Value}"
            : null;
    }

    private async Task ReadAsync(BodySegment segment, Action<ReadOnlySpan<byte>> sink, Func<int, Task> pace, CancellationToken cancellationToken)
    {
        files.ForgetCached(segment.Blob);
        using (var body = new StoredBodyReader(files, new ObjectBody([segment]), new ByteRange(0, segment.Length), evenIfDamaged: true))
        {
            while (await body.ReadAsync(_buffer, cancellationToken) is var read and > 0)
            {
                sink(_buffer.AsSpan(0, read));
                await pace(read);
            }
        }

        files.ForgetCached(segment.Blob); // what others read stays in memory, what only this did goes
    }
}
