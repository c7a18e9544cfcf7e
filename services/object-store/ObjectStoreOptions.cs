using System.ComponentModel.DataAnnotations;

namespace Glue.ObjectStore;

/// <summary>Settings of the embedded object store.</summary>
public sealed record ObjectStoreOptions
{
    /// <summary>Folder of the object bodies; made when missing. Metadata is in the database handed in.</summary>
    public required string DataFolder { get; init; }

    /// <summary>
    /// Domains below which the first labels of the Host header name the bucket (virtual-host style); every other host is path
    /// style.
    /// </summary>
    public IReadOnlyList<string> BaseDomains { get; init; } = ["s3.localhost", "localhost"];

    /// <summary>Region of all buckets, as GetBucketLocation and events show it.</summary>
    public string Region { get; init; } = "us-east-1";

    /// <summary>Largest body of one PutObject or UploadPart, in bytes; default 5 GiB as S3's.</summary>
    public long MaxPutBytes { get; init; } = 5L << 30;

    /// <summary>Time between two applications of the buckets' lifecycle rules. 1 s to 1 day; default 1 h. Rules count in days.</summary>
    public TimeSpan LifecycleInterval { get; init; } = TimeSpan.FromHours(1);

    /// <exception cref="ValidationException">Lists all faults.</exception>
    internal void Check()
    {
        List<string> faults = [];
        if (string.IsNullOrWhiteSpace(DataFolder))
        {
            faults.Add("DataFolder is empty: name a folder for the object bodies.");
        }

        if (MaxPutBytes is < 1 or > 5L << 30)
        {
            faults.Add($"MaxPutBytes is {MaxPutBytes}: give 1 to {5L << 30} (5 GiB, S3's limit).");
        }

        if (LifecycleInterval < TimeSpan.FromSeconds(1) || LifecycleInterval > TimeSpan.FromDays(1))
        {
            faults.Add($"LifecycleInterval is {LifecycleInterval}: give 1 s to 1 day.");
        }

        if (BaseDomains.Any(static domain => domain.Length == 0 || domain.StartsWith('.') || domain.Contains(':', StringComparison.Ordinal)))
        {
            faults.Add("BaseDomains must be domain names without leading dot and port, e.g. s3.example.org.");
        }

        if (faults.Count > 0)
        {
            throw new ValidationException("The object store's options are wrong: " + string.Join(' ', faults));
        }
    }
}
