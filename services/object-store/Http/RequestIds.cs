using System.Security.Cryptography;

namespace Glue.ObjectStore.Http;

/// <summary>The two ids every answer carries, errors included: people quote them, logs and events hold them.</summary>
/// <param name="RequestId"><c>x-amz-request-id</c>: 16 upper-case hexadecimal digits.</param>
/// <param name="HostId"><c>x-amz-id-2</c>: base64.</param>
internal sealed record RequestIds(string RequestId, string HostId)
{
    private static readonly byte[] Process = RandomNumberGenerator.GetBytes(24);

    public static RequestIds New()
    {
        Span<byte> bytes = stackalloc byte[32];
        Process.CopyTo(bytes[8..]);
        Random.Shared.NextBytes(bytes[..8]); // need only be different, not secret
        return new RequestIds(Convert.ToHexString(bytes[..8]), Convert.ToBase64String(bytes));
    }
}
