using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Glue.Workers.Sandboxes;

/// <summary>
/// Issues sandboxes their keys and knows them again; keeps none. The token is <c>EXPIRY.SUBJECT.SEAL</c>: seconds since 1970, the sandbox's id (or
/// <c>template-REVISION</c>), and an HMAC of both and the access key id under a secret that dies with the process.
/// </summary>
/// <remarks>
/// A sandbox is known by its connection, not by its keys, so keys decide nothing more than whether they are the sandbox's own. What a template
/// was given, its clones hold too: it lives minutes, in which their SDKs fetch keys of their own.
/// </remarks>
public sealed class SessionKeys(TimeProvider time)
{
    /// <summary>Of keys that a sandbox fetches for itself; SDKs fetch the next before these expire.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    /// <summary>Within what SDKs take for "about to expire" (boto3: 10 minutes, JavaScript: 5): restored, they fetch anew.</summary>
    private static readonly TimeSpan TemplateLifetime = TimeSpan.FromMinutes(4);

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(32);

    /// <param name="sandbox">Whose.</param>
    /// <param name="lifetime">How long they hold; those of a template hold 4 minutes.</param>
    public SessionKey Issue(SandboxIdentity sandbox, TimeSpan lifetime)
    {
        var expires = time.GetUtcNow() + (sandbox.IsTemplate ? TemplateLifetime : lifetime);
        var id = "ASIA" + RandomNumberGenerator.GetString("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16);
        var claim = string.Create(CultureInfo.InvariantCulture, $"{expires.ToUnixTimeSeconds()}.{(sandbox.IsTemplate ? OfTemplate(sandbox) : sandbox.SandboxId)}");
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Seal(id, claim, seal);
        return new SessionKey(id, RandomNumberGenerator.GetHexString(40, lowercase: true), $"{claim}.{Base64Url.EncodeToString(seal)}", expires);
    }

    public SessionKeyState Check(SandboxIdentity sandbox, ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> token)
    {
        var dot = token.LastIndexOf('.');
        var first = token.IndexOf('.');
        Span<byte> expected = stackalloc byte[HMACSHA256.HashSizeInBytes];
        Span<byte> seal = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (first <= 0 || dot <= first || token.Length > 512 || accessKeyId.Length > 128
            || Base64Url.DecodeFromChars(token[(dot + 1)..], seal, out _, out var length) != OperationStatus.Done)
        {
            return SessionKeyState.Unknown;
        }

        Seal(accessKeyId, token[..dot], expected);
        var subject = token[(first + 1)..dot];
        if (!CryptographicOperations.FixedTimeEquals(expected, seal[..length])
            || !(subject.SequenceEqual(sandbox.SandboxId) || subject.SequenceEqual(OfTemplate(sandbox))))
        {
            return SessionKeyState.Unknown;
        }

        return long.Parse(token[..first], NumberStyles.None, CultureInfo.InvariantCulture) > time.GetUtcNow().ToUnixTimeSeconds()
            ? SessionKeyState.Good
            : SessionKeyState.Expired;
    }

    private static string OfTemplate(SandboxIdentity sandbox) => "template-" + sandbox.Version.RevisionId;

    private void Seal(ReadOnlySpan<char> accessKeyId, ReadOnlySpan<char> claim, Span<byte> seal)
    {
        Span<byte> text = stackalloc byte[1024];
        var length = Encoding.UTF8.GetBytes(accessKeyId, text);
        text[length++] = 0; // no id and claim run together into another pair
        length += Encoding.UTF8.GetBytes(claim, text[length..]);
        HMACSHA256.HashData(_secret, text[..length], seal);
    }
}
