namespace Glue.Functions.Decompress.Archives;

/// <summary>libarchive's own words for what is wrong; what they mean is decided where the member is known.</summary>
internal sealed class ArchiveError(string message) : Exception(message)
{
    public bool IsEncryption =>
        Message.Contains("encrypt", StringComparison.OrdinalIgnoreCase) || Message.Contains("passphrase", StringComparison.OrdinalIgnoreCase);

    public bool IsUnsupported =>
        Message.Contains("unsupported", StringComparison.OrdinalIgnoreCase) || Message.Contains("not supported", StringComparison.OrdinalIgnoreCase);
}
