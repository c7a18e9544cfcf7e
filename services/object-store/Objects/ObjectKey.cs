using System.Text;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>Any 1 to 1024 bytes of UTF-8 but NUL; no key ever becomes a file name, so none is dangerous.</summary>
internal static class ObjectKey
{
    private const int MaxBytes = 1024;

    /// <exception cref="S3Exception">KeyTooLongError; InvalidURI of NUL, which no listing in XML could ever name.</exception>
    public static byte[] ToBytes(string key)
    {
        if (key.Contains('\0', StringComparison.Ordinal))
        {
            throw new S3Exception(S3Error.InvalidUri, "A key cannot hold the character NUL.");
        }

        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length <= MaxBytes ? bytes : throw new S3Exception(S3Error.KeyTooLong)
        {
            Details = [("Size", bytes.Length.ToString()), ("MaxSizeAllowed", MaxBytes.ToString())],
        };
    }

    public static string FromBytes(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
