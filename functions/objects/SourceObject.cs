namespace Glue.Functions.Objects;

/// <summary>An object that an event told of.</summary>
/// <param name="Bucket">Its bucket.</param>
/// <param name="Key">Its real key, decoded.</param>
/// <param name="VersionId">Null in a bucket without versions.</param>
public sealed record SourceObject(string Bucket, string Key, string? VersionId)
{
    public override string ToString() => $"{Bucket}/{Key}";
}
