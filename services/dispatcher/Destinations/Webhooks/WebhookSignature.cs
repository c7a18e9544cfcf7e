using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Glue.Dispatcher.Destinations.Webhooks;

/// <summary>
/// The Standard Webhooks scheme (standardwebhooks.com, read 2026-11): HMAC-SHA256 over <c>id.timestamp.body</c> under the base64 behind
/// <c>whsec_</c>. Receivers verify it with that project's libraries, or in three lines.
/// </summary>
internal static class WebhookSignature
{
    /// <returns>The header <c>webhook-signature</c>.</returns>
    public static string Of(string secret, string id, DateTimeOffset sentAt, ReadOnlySpan<byte> body)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, Convert.FromBase64String(secret["whsec_".Length..]));
        hmac.AppendData(Encoding.UTF8.GetBytes($"{id}.{Timestamp(sentAt)}."));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <returns>The header <c>webhook-timestamp</c>: seconds since 1970.</returns>
    public static string Timestamp(DateTimeOffset sentAt) => sentAt.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
}
