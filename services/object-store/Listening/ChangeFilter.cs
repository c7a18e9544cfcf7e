using System.Text.RegularExpressions;
using Glue.Contracts.Storage;
using Glue.ObjectStore.Http;

namespace Glue.ObjectStore.Listening;

/// <summary>Which changes a listener hears of.</summary>
/// <param name="AccountId">The buckets' owner.</param>
/// <param name="Bucket">Null: all of the account's.</param>
/// <param name="Prefix">Of keys.</param>
/// <param name="Suffix">Of keys.</param>
/// <param name="Events">Event types without <c>s3:</c>, or their beginnings where <c>*</c> stood.</param>
internal sealed partial record ChangeFilter(string AccountId, string? Bucket, string Prefix, string Suffix, IReadOnlyList<(string Name, bool IsPrefix)> Events)
{
    /// <exception cref="S3Exception">InvalidArgument: a name that is no event type, as MinIO refuses it.</exception>
    public static ChangeFilter Of(S3Request request) => new(
        request.BucketOrNull?.AccountId ?? request.Credential.AccountId, request.BucketOrNull?.Name, request.Ask("prefix") ?? "", request.Ask("suffix") ?? "",
        [.. request.Query["events"].Select(static name => TypeOf(name ?? ""))]);

    public bool Has(ObjectChange change) =>
        change.BucketOwner == AccountId
        && (Bucket is null || change.Bucket == Bucket)
        && change.Key.StartsWith(Prefix, StringComparison.Ordinal) && change.Key.EndsWith(Suffix, StringComparison.Ordinal)
        && Events.Any(type => type.IsPrefix ? change.EventName.StartsWith(type.Name, StringComparison.Ordinal) : change.EventName == type.Name);

    private static (string Name, bool IsPrefix) TypeOf(string name) => TypePattern().IsMatch(name)
        ? (name["s3:".Length..].TrimEnd('*'), name.EndsWith('*'))
        : throw new S3Exception(S3Error.InvalidArgument, "A specified event is not supported for notifications.");

    [GeneratedRegex(@"\As3:[A-Za-z]+(?::(?:[A-Za-z]+|\*))?\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex TypePattern();
}
