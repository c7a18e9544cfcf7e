using System.Buffers;
using Glue.Functions.Storage;
using Microsoft.Win32.SafeHandles;

namespace Glue.Functions.Objects.Staging;

/// <summary>One object in a <see cref="Spool"/>.</summary>
internal sealed record SpooledBytes(SafeFileHandle? File, long Offset, int Length)
{
    private const int LumpBytes = 64 * 1024; // what the storage gateway hands on at once

    public void Put(StorageClient storage, string bucket, string key, ObjectUpload description)
    {
        if (Length > LumpBytes)
        {
            using var body = new SpoolStream(this);
            storage.Put(bucket, key, body, Length, description);
            return;
        }

        var bytes = ArrayPool<byte>.Shared.Rent(LumpBytes);
        Read(bytes.AsSpan(0, Length), 0);
        storage.Put(bucket, key, bytes.AsSpan(0, Length), description);
        ArrayPool<byte>.Shared.Return(bytes);
    }

    /// <exception cref="EndOfStreamException">The file was cut.</exception>
    private void Read(Span<byte> into, long from)
    {
        for (var at = 0; at < into.Length;)
        {
            var read = RandomAccess.Read(File!, into[at..], Offset + from + at);
            at += read > 0 ? read : throw new EndOfStreamException("The spool in /tmp ended too early.");
        }
    }

    private sealed class SpoolStream(SpooledBytes bytes) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => bytes.Length;

        public override long Position { get; set; }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var now = buffer[..(int)Math.Min(buffer.Length, Length - Position)];
            bytes.Read(now, Position);
            Position += now.Length;
            return now.Length;
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException(); // the client goes by Position

        public override void Flush()
        {
        }

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
