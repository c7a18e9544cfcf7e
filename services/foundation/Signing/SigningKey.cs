using System.Security.Cryptography;
using System.Text;

namespace Glue.Foundation.Signing;

/// <summary>A secret narrowed to one day, region and service, and what it signs.</summary>
internal sealed class SigningKey
{
    private readonly byte[] _key;

    /// <param name="credential">Whose secret.</param>
    /// <param name="scope"><c>yyyyMMdd/region/service/aws4_request</c>.</param>
    public SigningKey(Credential credential, string scope)
    {
        Credential = credential;
        Scope = scope;
        var key = Encoding.UTF8.GetBytes("AWS4" + credential.SecretAccessKey);
        foreach (var part in scope.Split('/'))
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        _key = key;
    }

    public Credential Credential { get; }

    public string Scope { get; }

    public ReadOnlyMemory<byte> Bytes => _key;

    /// <summary>The signature of a canonical request, 32 bytes.</summary>
    public void Sign(ReadOnlySpan<char> timestamp, ReadOnlySpan<byte> canonicalRequest, Span<byte> signature)
    {
        using var text = Utf8Buffer.Rent();
        AppendStringToSign(text, timestamp, canonicalRequest);
        HMACSHA256.HashData(_key, text.Written, signature);
    }

    public void AppendStringToSign(Utf8Buffer into, ReadOnlySpan<char> timestamp, ReadOnlySpan<byte> canonicalRequest)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonicalRequest, hash);
        into.Append("AWS4-HMAC-SHA256\n"u8);
        into.Append(timestamp);
        into.Append((byte)'\n');
        into.Append(Scope);
        into.Append((byte)'\n');
        into.AppendHex(hash);
    }
}
