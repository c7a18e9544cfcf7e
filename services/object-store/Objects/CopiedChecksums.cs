using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;

namespace Glue.ObjectStore.Objects;

/// <summary>A checksum that a copy is to have and its source has not: computed from the source's bytes.</summary>
internal sealed class CopiedChecksums(ObjectCatalog catalog, BlobFiles files)
{
    private const int PieceBytes = 128 * 1024;

    /// <returns>The checksum, with the body it is of; null: there is no source, or it has this checksum.</returns>
    public async Task<(string Body, Checksum Checksum)?> OfAsync(CopySource source, ChecksumAlgorithm algorithm, CancellationToken cancellationToken)
    {
        var stored = catalog.Find(source.Bucket, source.Key, source.Version);
        if (stored is null or { IsDeleteMarker: true } || stored.Checksum?.Algorithm == algorithm)
        {
            return null;
        }

        using var body = new StoredBodyReader(files, stored.Body, new ByteRange(0, stored.Size));
        using var running = new RunningChecksum(algorithm);
        var buffer = new byte[PieceBytes];
        while (await body.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            running.Append(buffer.AsSpan(0, read));
        }

        return (stored.Body.ToString(), new Checksum(algorithm, running.Finish()));
    }
}
