using System.Text;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>Any 1 to 1024 bytes of UTF-8; no key ever becomes a file name, so none is dangerous.</summary>
internal static class ObjectKey
{
    private const int MaxBytes = 1024;

    /// <exception cref="S3Exception">KeyTooLongError.</exception>
    public static byte[] ToBytes(string key)
    {
        var bytes = Encoding.UTF8.GetBytes(key);
        return bytes.Length <= MaxBytes ? bytes : throw new S3Exception(S3Error.KeyTooLong)
        {
            Details = [("Size", bytes.Length.ToString()), ("MaxSizeAllowed", MaxBytes.ToString())],
        };
    }

    public static string FromBytes(byte[] bytes) => Encoding.UTF8.GetString(bytes);
}
