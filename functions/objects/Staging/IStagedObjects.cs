namespace Glue.Functions.Objects.Staging;

/// <summary>
/// Takes objects as they are made and shows none of them before <see cref="Publish"/>. Disposed without it, nothing remains.
/// Used by one thread.
/// </summary>
public interface IStagedObjects : IDisposable
{
    /// <summary>Begins an object; one of the same key before it is replaced.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="bytes">Its size, where it is known.</param>
    /// <param name="digest">Takes its SHA-256, where that is wanted.</param>
    void Begin(string key, long? bytes, StagedDigest? digest = null);

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The object begun last is whole.</summary>
    void End();

    /// <summary>Makes every object visible.</summary>
    void Publish();
}
