using Glue.Foundation.Checksums;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Bodies;

/// <summary>Which additional checksum a request asks for.</summary>
internal static class ChecksumRequests
{
    /// <summary>The algorithm in <c>x-amz-checksum-algorithm</c>; null: none is asked for.</summary>
    /// <exception cref="S3Exception">InvalidRequest.</exception>
    public static ChecksumAlgorithm? Algorithm(S3Request request) => request.Header("x-amz-checksum-algorithm") is not { } name
        ? null
        : ChecksumAlgorithms.FromName(name) ?? throw new S3Exception(S3Error.InvalidRequest,
            "Checksum algorithm provided is unsupported. Please try again with any of the valid types: [CRC32, CRC32C, CRC64NVME, SHA1, SHA256]");
}
