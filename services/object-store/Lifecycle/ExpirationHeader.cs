using Glue.ObjectStore.Http;
using Glue.ObjectStore.Objects;

namespace Glue.ObjectStore.Lifecycle;

/// <summary><c>x-amz-expiration</c>: when the bucket's lifecycle takes an object away, and by which rule (S3 API Reference, GetObject, read 2026-11).</summary>
internal static class ExpirationHeader
{
    private const string Name = "x-amz-expiration";

    /// <param name="request">Answered with it, when a rule applies.</param>
    /// <param name="key">The object's.</param>
    /// <param name="stored">The present version; old ones go by other days.</param>
    public static void Send(S3Request request, string key, StoredObject stored)
    {
        if (request.Bucket.Settings.Lifecycle is not { } lifecycle)
        {
            return;
        }

        var bytes = ObjectKey.ToBytes(key);
        var first = lifecycle.Rules
            .Where(rule => rule.Filter.Matches(bytes, stored.Size, stored.Tags))
            .Select(rule => (Rule: rule, At: rule.Expires(stored.ModifiedAt)))
            .Where(static due => due.At is not null)
            .MinBy(static due => due.At);
        if (first is { Rule: { } rule, At: { } at })
        {
            request.Http.Response.Headers[Name] = $"expiry-date=\"{HttpDates.Format(at)}\", rule-id=\"{Uri.EscapeDataString(rule.Id)}\"";
        }
    }
}
