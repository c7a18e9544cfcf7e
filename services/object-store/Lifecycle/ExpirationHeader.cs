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
            .MinBy(rule => rule.Expires(stored.ModifiedAt) ?? DateTimeOffset.MaxValue); // null, and no exception, where no rule applies
        if (first is { } rule && rule.Expires(stored.ModifiedAt) is { } at)
        {
            request.Http.Response.Headers[Name] = $"expiry-date=\"{HttpDates.Format(at)}\", rule-id=\"{Uri.EscapeDataString(rule.Id)}\"";
        }
    }
}
