namespace Glue.Foundation.Checksums;

/// <summary>The additional checksums of S3 ("Checking object integrity", S3 User Guide, read 2026-11).</summary>
public enum ChecksumAlgorithm
{
    Crc32,
    Crc32C,
    Crc64Nvme,
    Sha1,
    Sha256,
}
