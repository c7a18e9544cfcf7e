using System.Buffers;

namespace Glue.Foundation.Signing;

/// <summary>
/// Bytes as Signature Version 4 wants them in path and query: everything outside <c>A-Za-z0-9-_.~</c> as an upper-case
/// <c>%XX</c> (IAM User Guide, "Create a signed AWS API request").
/// </summary>
internal static class UriCanonicalisation
{
    private static readonly SearchValues<byte> Unreserved =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~"u8);

    private static readonly SearchValues<byte> UnreservedAndSlash =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.~/"u8);

    /// <summary>Encodes; <paramref name="keepSlash"/> for paths.</summary>
    public static void AppendEncoded(Utf8Buffer into, ReadOnlySpan<byte> bytes, bool keepSlash)
    {
        var plain = keepSlash ? UnreservedAndSlash : Unreserved;
        while (!bytes.IsEmpty)
        {
            var run = bytes.IndexOfAnyExcept(plain);
            if (run < 0)
            {
                into.Append(bytes);
                return;
            }

            into.Append(bytes[..run]);
            var value = bytes[run];
            into.Append((byte)'%');
            into.Append("0123456789ABCDEF"u8[value >> 4]);
            into.Append("0123456789ABCDEF"u8[value & 15]);
            bytes = bytes[(run + 1)..];
        }
    }

    /// <summary>
    /// Decodes what came on the wire. Clients differ in what they escape there, but all sign the canonical form, so the
    /// verifier decodes and encodes again. A lone <c>%</c> stays as it is.
    /// </summary>
    public static void AppendDecoded(Utf8Buffer into, ReadOnlySpan<char> raw, bool plusIsSpace)
    {
        while (!raw.IsEmpty)
        {
            var special = plusIsSpace ? raw.IndexOfAny('%', '+') : raw.IndexOf('%');
            if (special < 0)
            {
                into.Append(raw);
                return;
            }

            into.Append(raw[..special]);
            raw = raw[special..];
            if (raw[0] == '+')
            {
                into.Append((byte)' ');
                raw = raw[1..];
            }
            else if (raw.Length >= 3 && char.IsAsciiHexDigit(raw[1]) && char.IsAsciiHexDigit(raw[2]))
            {
                into.Append((byte)((HexValue(raw[1]) << 4) | HexValue(raw[2])));
                raw = raw[3..];
            }
            else
            {
                into.Append((byte)'%');
                raw = raw[1..];
            }
        }
    }

    private static int HexValue(char digit) => digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10;
}
