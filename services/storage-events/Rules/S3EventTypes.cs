using System.Collections.Frozen;
using System.Numerics;

namespace Glue.StorageEvents.Rules;

/// <summary>The event types a rule may name, as bits of a set: matching a record is one AND.</summary>
/// <remarks>S3 API Reference, data type Event, and User Guide, "Supported event types", read 2026-11.</remarks>
internal static class S3EventTypes
{
    private static readonly string[] Names =
    [
        "ObjectCreated:Put", "ObjectCreated:Post", "ObjectCreated:Copy", "ObjectCreated:CompleteMultipartUpload",
        "ObjectRemoved:Delete", "ObjectRemoved:DeleteMarkerCreated",
        "ObjectRestore:Post", "ObjectRestore:Completed", "ObjectRestore:Delete",
        "ReducedRedundancyLostObject",
        "Replication:OperationFailedReplication", "Replication:OperationMissedThreshold",
        "Replication:OperationReplicatedAfterThreshold", "Replication:OperationNotTracked",
        "LifecycleExpiration:Delete", "LifecycleExpiration:DeleteMarkerCreated", "LifecycleTransition",
        "IntelligentTiering", "ObjectAcl:Put", "ObjectTagging:Put", "ObjectTagging:Delete",
        "ObjectAnnotation:Put", "ObjectAnnotation:Delete",
    ];

    private static readonly FrozenDictionary<string, ulong> Sets = MakeSets();

    /// <summary>All types that tell of a written object.</summary>
    public static ulong Created { get; } = Sets["ObjectCreated:*"];

    /// <summary>The set of one type or wildcard as a rule writes it, with <c>s3:</c>; 0 when S3 knows none such.</summary>
    public static ulong OfRule(string type) =>
        type.StartsWith("s3:", StringComparison.Ordinal) && Sets.TryGetValue(type[3..], out var set) ? set : 0;

    /// <summary>The bit of a record's <c>eventName</c>, without <c>s3:</c>; 0 for one that no rule can name.</summary>
    public static ulong OfRecord(string eventName) => Sets.TryGetValue(eventName, out var set) && BitOperations.IsPow2(set) ? set : 0;

    /// <summary>One type of a set, for messages.</summary>
    public static string First(ulong set) => "s3:" + Names[BitOperations.TrailingZeroCount(set)];

    private static FrozenDictionary<string, ulong> MakeSets()
    {
        var sets = new Dictionary<string, ulong>(StringComparer.Ordinal);
        for (var i = 0; i < Names.Length; i++)
        {
            sets[Names[i]] = 1UL << i;
            var colon = Names[i].IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                var wildcard = Names[i][..colon] + ":*";
                sets[wildcard] = sets.GetValueOrDefault(wildcard) | (1UL << i);
            }
        }

        sets.Remove("ObjectAcl:*"); // S3 has the one type and no wildcard for it
        return sets.ToFrozenDictionary(StringComparer.Ordinal);
    }
}
