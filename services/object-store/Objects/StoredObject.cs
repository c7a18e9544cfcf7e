using Glue.ObjectStore.Bodies;

namespace Glue.ObjectStore.Objects;

/// <summary>An object's metadata row.</summary>
internal sealed record StoredObject
{
    public required long Size { get; init; }

    /// <summary>Without quotes.</summary>
    public required string ETag { get; init; }

    public required DateTimeOffset ModifiedAt { get; init; }

    public Checksum? Checksum { get; init; }

    public required ObjectHeaders Headers { get; init; }

    public required ObjectBody Body { get; init; }
}
