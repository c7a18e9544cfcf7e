namespace Glue.Dispatcher.LambdaApi;

/// <summary>A zip that can be unpacked.</summary>
/// <param name="Bytes">The zip; good until this is disposed, and as long as the request's body is.</param>
/// <param name="UnpackedBytes">Of its files.</param>
/// <param name="Owner">Of memory that is not the body's.</param>
internal sealed record CheckedZip(ReadOnlyMemory<byte> Bytes, long UnpackedBytes, IDisposable? Owner) : IDisposable
{
    public void Dispose() => Owner?.Dispose();
}
