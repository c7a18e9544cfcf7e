using System.Security.Cryptography;
using System.Text;
using Glue.Functions.Transform.Records;

namespace Glue.Functions.Transform.Steps;

/// <summary>Values that stand for others.</summary>
internal static class Digests
{
    private const int PseudonymBytes = 16;

    /// <summary>SHA-256, hexadecimal. Whoever can guess the value can find it: of e-mail addresses and the like make pseudonyms.</summary>
    public static Value Hash(Value value) =>
        value.IsNull ? value : Value.Of(Convert.ToHexStringLower(SHA256.HashData(value.ToUtf8().Span)));

    /// <summary>The first 128 bits of HMAC-SHA256 with the key: the same value gives the same pseudonym, and without the key none can be found.</summary>
    public static Func<Value, Value> Pseudonyms(string key)
    {
        var keyBytes = Encoding.UTF8.GetBytes(key);
        return value => value.IsNull
            ? value
            : Value.Of(Convert.ToHexStringLower(HMACSHA256.HashData(keyBytes, value.ToUtf8().Span).AsSpan(0, PseudonymBytes)));
    }
}
