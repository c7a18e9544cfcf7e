using System.Text;

namespace Glue.Functions.Storage;

/// <summary>Path-style addresses of objects: <c>/bucket/key</c>, percent-encoded as S3 expects it.</summary>
public static class ObjectPath
{
    private const string Hex = "0123456789ABCDEF";

    /// <summary>
    /// Everything but letters, digits and <c>- . _ ~ /</c> becomes <c>%XX</c> of its UTF-8 bytes (S3 API Reference, "Signature
    /// calculations", UriEncode, read 2026-11). A slash of the key stays a slash.
    /// </summary>
    public static string Encode(string bucket, string key)
    {
        var path = new StringBuilder(bucket.Length + key.Length + 16);
        path.Append('/');
        Append(path, bucket);
        path.Append('/');
        Append(path, key);
        return path.ToString();
    }

    /// <summary>A query value, with the slash encoded too.</summary>
    public static string EncodeValue(string value) => Uri.EscapeDataString(value);

    private static void Append(StringBuilder path, string text)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value is '-' or '.' or '_' or '~' or '/'))
            {
                path.Append((char)rune.Value);
                continue;
            }

            foreach (var b in utf8[..rune.EncodeToUtf8(utf8)])
            {
                path.Append('%').Append(Hex[b >> 4]).Append(Hex[b & 15]);
            }
        }
    }
}
