using Glue.Functions.Objects;

namespace Glue.Functions.Decompress.Archives;

/// <summary>The object is neither an archive nor a compressed file that is understood.</summary>
internal sealed class NotAnArchiveException(string lookedLike) : ObjectException(
    $"not an archive that this function reads: {lookedLike}. It reads zip, tar, 7z, rar, cpio, iso and ar, and gz, bz2, xz, zst, lz4, lz and Z around a tar, a cpio or a single file");

/// <summary>Cut short or damaged; says which member broke, and where.</summary>
internal sealed class DamagedArchiveException(string where, string reason, Exception? inner = null) : ObjectException(
    $"the archive is cut short or damaged: {where}: {reason}. Nothing of it was kept", inner);

/// <summary>A member, or the list of members, can be read with a password only.</summary>
internal sealed class EncryptedArchiveException(string what) : ObjectException(
    $"{what} is encrypted; this function has no passwords. Decrypt the archive before it is uploaded");

/// <summary>A method of compression or a variant of a format that libarchive does not know.</summary>
internal sealed class UnsupportedArchiveException(string where, string reason) : ObjectException(
    $"{where}: {reason}. Nothing of the archive was kept");

/// <summary>More members, bytes or compression than the settings allow: a bomb, or a limit that is too low.</summary>
internal sealed class ArchiveLimitException(string reason) : ObjectException($"{reason}. Nothing of the archive was kept");

/// <summary>The function's time is nearly over.</summary>
internal sealed class OutOfTimeException(long bytes) : ObjectException(
    $"the function's time ran out after {bytes} unpacked bytes. Nothing of the archive was kept; give the function a longer timeout or more memory, which brings more CPU");
