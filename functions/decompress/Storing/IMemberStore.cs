namespace Glue.Functions.Decompress.Storing;

/// <summary>
/// Takes members as they are unpacked and shows none of them before <see cref="Publish"/>. Disposed without it, nothing remains.
/// Used by one thread.
/// </summary>
internal interface IMemberStore : IDisposable
{
    /// <summary>Begins a member; one of the same key before it is replaced.</summary>
    /// <param name="key">Of the object it becomes.</param>
    /// <param name="bytes">Its size, where it is known.</param>
    void Begin(string key, long? bytes);

    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The member begun last is whole.</summary>
    void End();

    /// <summary>Makes every member visible.</summary>
    void Publish();
}
