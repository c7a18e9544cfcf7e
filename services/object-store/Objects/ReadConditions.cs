using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>What a conditional read decided.</summary>
internal enum ReadDecision
{
    Send,
    NotModified,
    Failed,
}

/// <summary>HTTP's conditions on a read (RFC 9110, 13.2.2), for GET, HEAD and, prefixed, for the source of a copy.</summary>
internal static class ReadConditions
{
    /// <param name="request">Whose headers.</param>
    /// <param name="stored">What would be read.</param>
    /// <param name="prefix"><c>x-amz-copy-source-</c> or nothing.</param>
    public static ReadDecision Decide(S3Request request, StoredObject stored, string prefix = "")
    {
        // HTTP dates have whole seconds.
        var modified = DateTimeOffset.FromUnixTimeSeconds(stored.ModifiedAt.ToUnixTimeSeconds());
        if (request.Header(prefix + "If-Match") is { } match)
        {
            if (!Lists(match, stored.ETag))
            {
                return ReadDecision.Failed;
            }
        }
        else if (HttpDates.Parse(request.Header(prefix + "If-Unmodified-Since")) < modified)
        {
            return ReadDecision.Failed;
        }

        if (request.Header(prefix + "If-None-Match") is { } noneMatch)
        {
            return Lists(noneMatch, stored.ETag) ? ReadDecision.NotModified : ReadDecision.Send;
        }

        return HttpDates.Parse(request.Header(prefix + "If-Modified-Since")) >= modified ? ReadDecision.NotModified : ReadDecision.Send;
    }

    private static bool Lists(string header, string etag)
    {
        foreach (var range in header.AsSpan().Split(','))
        {
            var entry = header.AsSpan(range).Trim();
            if (entry is "*" || entry.Trim('"').SequenceEqual(etag))
            {
                return true;
            }
        }

        return false;
    }
}
