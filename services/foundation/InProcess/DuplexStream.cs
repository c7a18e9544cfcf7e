using System.IO.Pipelines;

namespace Glue.Foundation.InProcess;

/// <summary>The client's end of an in-process connection, as HttpClient takes connections.</summary>
/// <param name="input">What the server writes.</param>
/// <param name="output">What it reads.</param>
/// <param name="closed">Told once the client has left.</param>
internal sealed class DuplexStream(PipeReader input, PipeWriter output, Action closed) : Stream
{
    private bool _isClosed;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <remarks>An empty buffer waits until there is something to read, as a socket does: so HttpClient sees an idle connection end.</remarks>
    /// <exception cref="IOException">This end was closed meanwhile.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await input.ReadAsync(cancellationToken);
        ThrowIfClosedHere(result.IsCanceled);
        var taken = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, buffer.Length));
        var length = (int)taken.Length;
        System.Buffers.BuffersExtensions.CopyTo(taken, buffer.Span);
        input.AdvanceTo(taken.End);
        return length;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    /// <exception cref="IOException">The server has ended the connection, or this end was closed meanwhile.</exception>
    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await output.WriteAsync(buffer, cancellationToken);
        ThrowIfClosedHere(result.IsCanceled);
        if (result.IsCompleted)
        {
            throw new IOException("The server closed the connection.");
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // every write goes out at once

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isClosed)
        {
            _isClosed = true;
            input.CancelPendingRead(); // HttpClient gives up by closing, and waits for what it has begun
            output.CancelPendingFlush();
            input.Complete();
            output.Complete();
            closed();
        }

        base.Dispose(disposing);
    }

    private static void ThrowIfClosedHere(bool isCanceled)
    {
        if (isCanceled)
        {
            throw new IOException("The connection was closed from this side.");
        }
    }
}
