using System.Buffers;
using System.Text;

namespace Glue.StorageEvents.S3Events;

/// <summary>
/// The form encoding that S3 gives object keys in events: UTF-8, space as <c>+</c>, everything but letters, digits and
/// <c>- . _ * /</c> as <c>%XX</c>. Python's <c>unquote_plus</c> and Java's <c>URLDecoder</c> undo it.
/// </summary>
/// <remarks>
/// The S3 User Guide (Event message structure, read 2026-11) says only that the key is URL encoded, with the example
/// <c>red flower.jpg</c> → <c>red+flower.jpg</c>. The set kept here is that of <c>application/x-www-form-urlencoded</c>, plus the
/// slash, which S3 leaves in place.
/// </remarks>
internal static class S3KeyEncoding
{
    /// <summary>Longest key of S3, in UTF-8 bytes.</summary>
    public const int MaxKeyBytes = 1024;

    private static readonly SearchValues<byte> Kept =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._*/"u8);

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Room that <see cref="Encode"/> needs for this key at most.</summary>
    public static int MaxEncodedBytes(string key) => Encoding.UTF8.GetByteCount(key) * 3;

    /// <summary>Writes the encoded key; returns its length. The result is plain ASCII and needs no JSON escapes.</summary>
    public static int Encode(string key, Span<byte> destination)
    {
        // The raw bytes are laid at the end and encoded from the front. Each becomes at most three, so what is written never passes
        // the byte just read.
        var rawLength = Encoding.UTF8.GetByteCount(key);
        var raw = destination[(rawLength * 2)..(rawLength * 3)];
        Encoding.UTF8.GetBytes(key, raw);

        var length = 0;
        foreach (var b in raw)
        {
            if (Kept.Contains(b))
            {
                destination[length++] = b;
            }
            else if (b == (byte)' ')
            {
                destination[length++] = (byte)'+';
            }
            else
            {
                destination[length++] = (byte)'%';
                destination[length++] = HexDigit(b >> 4);
                destination[length++] = HexDigit(b & 15);
            }
        }

        return length;
    }

    /// <summary>Undoes <see cref="Encode"/>.</summary>
    /// <returns>False when an escape is broken or the bytes are not UTF-8.</returns>
    public static bool TryDecode(string encoded, out string key)
    {
        key = encoded;
        if (encoded.AsSpan().IndexOfAny('+', '%') < 0)
        {
            return true; // nothing to undo, the usual case
        }

        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(encoded.Length)];
        var length = 0;
        for (var i = 0; i < encoded.Length; i++)
        {
            var c = encoded[i];
            if (c == '%')
            {
                if (i + 2 >= encoded.Length || !char.IsAsciiHexDigit(encoded[i + 1]) || !char.IsAsciiHexDigit(encoded[i + 2]))
                {
                    return false;
                }

                bytes[length++] = (byte)((HexValue(encoded[i + 1]) << 4) | HexValue(encoded[i + 2]));
                i += 2;
            }
            else if (c == '+')
            {
                bytes[length++] = (byte)' ';
            }
            else
            {
                var unit = char.IsHighSurrogate(c) && i + 1 < encoded.Length ? 2 : 1;
                length += Encoding.UTF8.GetBytes(encoded.AsSpan(i, unit), bytes.AsSpan(length));
                i += unit - 1;
            }
        }

        try
        {
            key = StrictUtf8.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }

    private static byte HexDigit(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
