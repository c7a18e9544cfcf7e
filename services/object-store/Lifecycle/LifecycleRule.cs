using System.Globalization;
using System.Xml.Linq;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Lifecycle;

/// <summary>One rule. Days count from the object's time and end at the next midnight, UTC.</summary>
internal sealed record LifecycleRule
{
    /// <summary>Unique in its configuration.</summary>
    public required string Id { get; init; }

    public required LifecycleFilter Filter { get; init; }

    public int? ExpirationDays { get; init; }

    public DateTimeOffset? ExpirationDate { get; init; }

    /// <summary>A delete marker with nothing left to hide goes.</summary>
    public bool RemovesExpiredMarkers { get; init; }

    /// <summary>Days since a later version came.</summary>
    public int? NoncurrentDays { get; init; }

    /// <summary>So many of the old versions stay whatever their age.</summary>
    public int NewerNoncurrentVersions { get; init; }

    public int? AbortUploadsAfterDays { get; init; }

    /// <exception cref="S3Exception">MalformedXML, InvalidArgument, NotImplemented.</exception>
    public static LifecycleRule Parse(XElement rule)
    {
        if (rule.Children("Transition").Concat(rule.Children("NoncurrentVersionTransition")).Any())
        {
            throw new S3Exception(S3Error.NotImplemented, "This store has one storage class only; a lifecycle rule cannot move objects to another.");
        }

        var (expiration, noncurrent, abort) = (
            rule.Children("Expiration").FirstOrDefault(), rule.Children("NoncurrentVersionExpiration").FirstOrDefault(),
            rule.Children("AbortIncompleteMultipartUpload").FirstOrDefault());
        var parsed = new LifecycleRule
        {
            Id = rule.Text("ID") ?? "",
            Filter = LifecycleFilter.Parse(rule),
            ExpirationDays = Number(expiration, "Days", 1),
            ExpirationDate = expiration?.Text("Date") is { } date ? Midnight(date) : null,
            RemovesExpiredMarkers = expiration?.Text("ExpiredObjectDeleteMarker") == "true",
            NoncurrentDays = Number(noncurrent, "NoncurrentDays", 1),
            NewerNoncurrentVersions = Number(noncurrent, "NewerNoncurrentVersions", 1) ?? 0,
            AbortUploadsAfterDays = Number(abort, "DaysAfterInitiation", 1),
        };
        if (parsed is { ExpirationDays: null, ExpirationDate: null, RemovesExpiredMarkers: false, NoncurrentDays: null, AbortUploadsAfterDays: null })
        {
            throw new S3Exception(S3Error.InvalidArgument, "At least one action needs to be specified in a rule");
        }

        return parsed.AbortUploadsAfterDays is not null && !parsed.Filter.IsOnlyPrefix
            ? throw new S3Exception(S3Error.InvalidRequest, "AbortIncompleteMultipartUpload cannot be specified with Tags or object sizes")
            : parsed;
    }

    /// <summary>When an object of that time is due by this rule; null: never.</summary>
    public DateTimeOffset? Expires(DateTimeOffset modified) => ExpirationDate ?? After(modified, ExpirationDays);

    /// <summary>The midnight that ends the last of those days; null: never, for want of days or because the calendar ends before them.</summary>
    public static DateTimeOffset? After(DateTimeOffset start, int? days)
    {
        if (days is not { } count || count >= (DateTimeOffset.MaxValue - start).Days)
        {
            return null;
        }

        var end = start.ToUniversalTime().AddDays(count);
        return end.TimeOfDay == TimeSpan.Zero ? end : new DateTimeOffset(end.Date.AddDays(1), TimeSpan.Zero);
    }

    private static int? Number(XElement? parent, string name, int least) => parent?.Text(name) is not { } text ? null
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least ? number
        : throw new S3Exception(S3Error.InvalidArgument, $"'{name}' must be a whole number of at least {least}");

    private static DateTimeOffset Midnight(string text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) && date.UtcDateTime.TimeOfDay == TimeSpan.Zero
            ? date.ToUniversalTime()
            : throw new S3Exception(S3Error.InvalidArgument, "'Date' must be at midnight GMT");
}
