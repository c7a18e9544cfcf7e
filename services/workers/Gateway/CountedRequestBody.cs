using Microsoft.AspNetCore.Http;

namespace Glue.Workers.Gateway;

/// <summary>
/// A request's body that counts what is read of it, which is what its sandbox has written. Of an <c>aws-chunked</c> one never more than the bytes
/// without framing that it announces: that many they are, if it comes whole.
/// </summary>
internal sealed class CountedRequestBody(HttpRequest request, StorageUsage usage) : Stream
{
    private readonly Stream _inner = request.Body;
    private readonly long _most = UpstreamContent.IsChunked(request) && long.TryParse(request.Headers["x-amz-decoded-content-length"], out var length) && length >= 0
        ? length
        : long.MaxValue;

    /// <summary>Bytes so far.</summary>
    public long Count { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await _inner.ReadAsync(buffer, cancellationToken);
        var counted = Math.Min(read, _most - Count);
        Count += counted;
        usage.CountWritten(counted);
        return read;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();
}
