namespace Glue.ObjectStore.Files;

/// <summary>What is on disk is not what was written. Becomes 500 ObjectDamaged, or the end of the connection when the answer has begun.</summary>
internal sealed class BodyDamagedException(string blob, string what, Exception? inner = null) : IOException($"Blob {blob}: {what}", inner)
{
    public string Blob => blob;

    /// <summary>For people: what is wrong with it.</summary>
    public string What => what;
}
