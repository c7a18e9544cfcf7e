using System.Collections.Immutable;
using Glue.Foundation.Policies;
using Glue.ObjectStore.Access;
using Glue.ObjectStore.Cors;
using Glue.ObjectStore.Lifecycle;

namespace Glue.ObjectStore.Buckets;

/// <summary>Everything configured on a bucket, with what every request needs already parsed. Never changes: a change makes a new one.</summary>
internal sealed class BucketSettings
{
    private readonly ImmutableDictionary<string, string> _documents;

    private BucketSettings(Versioning versioning, long? quotaBytes, ImmutableDictionary<string, string> documents)
    {
        (Versioning, QuotaBytes, _documents) = (versioning, quotaBytes, documents);
        Cors = Document(CorsConfiguration.Name) is { } cors ? CorsConfiguration.Parse(cors) : null;
        Policy = Document(BucketPolicy.Name) is { } policy ? BucketPolicy.Parse(policy) : null;
        PublicAccess = PublicAccessBlock.Parse(Document(PublicAccessBlock.Name));
        Lifecycle = Document(LifecycleConfiguration.Name) is { } lifecycle ? LifecycleConfiguration.Parse(lifecycle) : null;
    }

    /// <summary>Of a new bucket.</summary>
    public static BucketSettings None { get; } = new(Versioning.Off, null, ImmutableDictionary.Create<string, string>(StringComparer.Ordinal));

    public Versioning Versioning { get; }

    /// <summary>Null: as much as the disk holds.</summary>
    public long? QuotaBytes { get; }

    public CorsConfiguration? Cors { get; }

    public AccessPolicy? Policy { get; }

    public PublicAccessBlock PublicAccess { get; }

    public LifecycleConfiguration? Lifecycle { get; }

    /// <summary>A configuration as it was put, in S3's XML or, for a policy, JSON; null: none was.</summary>
    public string? Document(string name) => _documents.GetValueOrDefault(name);

    public BucketSettings With(Versioning versioning) => new(versioning, QuotaBytes, _documents);

    public BucketSettings WithQuota(long? bytes) => new(Versioning, bytes, _documents);

    /// <param name="name">Of the subresource.</param>
    /// <param name="document">Null removes it.</param>
    public BucketSettings With(string name, string? document) =>
        new(Versioning, QuotaBytes, document is null ? _documents.Remove(name) : _documents.SetItem(name, document));

    /// <param name="column">As it is in its column and in S3's XML.</param>
    public static Versioning ParseVersioning(string? column) => column is null ? Versioning.Off : Enum.Parse<Versioning>(column);
}
