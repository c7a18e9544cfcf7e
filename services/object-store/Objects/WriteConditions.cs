using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// Conditions on what is there before a write or delete (S3 User Guide, "Conditional writes", read 2026-11). Checked before the
/// body, to spare its transfer, and again inside the transaction, where it counts.
/// </summary>
/// <param name="MustBeAbsent"><c>If-None-Match: *</c>.</param>
/// <param name="MustMatch"><c>If-Match</c>: an ETag, or <c>*</c>.</param>
internal sealed record WriteConditions(bool MustBeAbsent, string? MustMatch)
{
    public static WriteConditions None { get; } = new(MustBeAbsent: false, MustMatch: null);

    public bool Any => MustBeAbsent || MustMatch is not null;

    /// <exception cref="S3Exception">NotImplemented: S3 knows only <c>*</c> in If-None-Match of a write.</exception>
    public static WriteConditions Read(S3Request request)
    {
        var absent = request.Header("If-None-Match");
        return absent is null or "*"
            ? new WriteConditions(absent is not null, request.Header("If-Match")?.Trim('"'))
            : throw new S3Exception(S3Error.NotImplemented, "If-None-Match of a write takes only *.");
    }

    /// <param name="currentETag">Null: there is no object.</param>
    /// <exception cref="S3Exception">PreconditionFailed, NoSuchKey.</exception>
    public void Check(string? currentETag)
    {
        if (MustBeAbsent && currentETag is not null)
        {
            throw Failed("If-None-Match");
        }

        if (MustMatch is not null)
        {
            if (currentETag is null)
            {
                throw new S3Exception(S3Error.NoSuchKey);
            }

            if (MustMatch != "*" && MustMatch != currentETag)
            {
                throw Failed("If-Match");
            }
        }
    }

    private static S3Exception Failed(string condition) => new(S3Error.PreconditionFailed) { Details = [("Condition", condition)] };
}
