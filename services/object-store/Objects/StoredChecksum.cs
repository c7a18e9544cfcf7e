using Glue.Foundation.Checksums;
using Glue.ObjectStore.Bodies;
using Microsoft.AspNetCore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>A checksum in its column (<c>CRC32:value</c>) and in headers.</summary>
internal static class StoredChecksum
{
    public static string? ToColumn(Checksum? checksum) => checksum is null ? null : $"{checksum.Algorithm.Name()}:{checksum.Value}";

    public static Checksum? FromColumn(string? column)
    {
        if (column is null)
        {
            return null;
        }

        var colon = column.IndexOf(':', StringComparison.Ordinal);
        return new Checksum(ChecksumAlgorithms.FromName(column[..colon])!.Value, column[(colon + 1)..]);
    }

    public static void Send(Checksum? checksum, IHeaderDictionary into)
    {
        if (checksum is not null)
        {
            into[checksum.Algorithm.Header()] = checksum.Value;
            into["x-amz-checksum-type"] = checksum.Type;
        }
    }
}
