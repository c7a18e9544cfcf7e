namespace Glue.Dispatcher.LambdaApi;

/// <summary>A zip that can be unpacked.</summary>
/// <param name="Bytes">The zip.</param>
/// <param name="UnpackedBytes">Of its files.</param>
internal sealed record CheckedZip(ReadOnlyMemory<byte> Bytes, long UnpackedBytes);
