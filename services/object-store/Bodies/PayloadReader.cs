namespace Glue.ObjectStore.Bodies;

/// <summary>Yields an object's bytes out of a request's body, whatever framing is around them.</summary>
internal abstract class PayloadReader : IDisposable
{
    /// <summary>Trailing headers, once the end was read.</summary>
    public virtual IReadOnlyDictionary<string, string> Trailers => System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <returns>0 at the end, which is also where the framing's own signatures were checked.</returns>
    public abstract ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken);

    public abstract void Dispose();
}

/// <summary>A body that is the object and nothing else.</summary>
internal sealed class PlainPayloadReader(Stream body) : PayloadReader
{
    public override ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken) => body.ReadAsync(into, cancellationToken);

    public override void Dispose()
    {
        // The body is the server's.
    }
}
