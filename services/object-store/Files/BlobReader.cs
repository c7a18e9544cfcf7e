namespace Glue.ObjectStore.Files;

/// <summary>One range of one blob, opened: it stays readable whatever happens to the blob's name.</summary>
internal abstract class BlobReader : IDisposable
{
    /// <returns>0 at the range's end.</returns>
    /// <exception cref="BodyDamagedException">What is there is not what was written.</exception>
    public abstract ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken);

    public abstract void Dispose();
}

/// <summary>A small body's range: it was read and checked whole.</summary>
internal sealed class SmallBodyReader(ReadOnlyMemory<byte> range) : BlobReader
{
    private ReadOnlyMemory<byte> _left = range;

    public override ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        var read = Math.Min(into.Length, _left.Length);
        _left[..read].CopyTo(into);
        _left = _left[read..];
        return ValueTask.FromResult(read);
    }

    public override void Dispose()
    {
        // Nothing is open.
    }
}
