using Glue.ObjectStore.Bodies;

namespace Glue.ObjectStore.Objects;

/// <summary>A version's metadata row.</summary>
internal sealed record StoredObject
{
    /// <summary>Of the change that made it; given by the transaction.</summary>
    public long Sequence { get; init; }

    public VersionId Version { get; init; } = VersionId.Null;

    /// <summary>It stands for a deletion: no body, no metadata.</summary>
    public bool IsDeleteMarker { get; init; }

    public required long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    public Checksum? Checksum { get; init; }

    public TagSet Tags { get; init; } = TagSet.Empty;

    public required ObjectHeaders Headers { get; init; }

    public required ObjectBody Body { get; init; }
}
