using System.Buffers.Text;

namespace Glue.Functions.Http;

/// <summary>The body of a response, read from the socket as it is asked for; large reads go straight into the reader's memory.</summary>
public sealed class HttpBodyStream : Stream
{
    private readonly HttpConnection _connection;
    private BodyFraming _framing;
    private long _left; // of the body (Length) or of the current chunk (Chunked)
    private bool _insideChunks;

    internal HttpBodyStream(HttpConnection connection) => _connection = connection;

    /// <summary>True once every byte was read.</summary>
    public bool Ended { get; private set; } = true;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

    /// <exception cref="HttpFaultException">The connection ended before the body did.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || Ended || (_left == 0 && _framing == BodyFraming.Chunked && !NextChunk()))
        {
            return 0;
        }

        if (_framing == BodyFraming.UntilClose)
        {
            var last = _connection.Receive(buffer);
            Ended = last == 0;
            return last;
        }

        var read = _connection.Receive(buffer[..(int)Math.Min(buffer.Length, _left)]);
        if (read == 0)
        {
            throw new HttpFaultException($"{_connection.Endpoint} closed the connection in the middle of a body.");
        }

        _left -= read;
        Ended = _left == 0 && _framing == BodyFraming.Length;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    // The socket is read where the reader stands: a function waits for its bytes anyway, and needs no second thread for it.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => new(Read(buffer.Span));

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        Task.FromResult(Read(buffer.AsSpan(offset, count)));

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    internal void Begin(BodyFraming framing, long length)
    {
        _framing = framing;
        _left = length;
        _insideChunks = false;
        Ended = framing == BodyFraming.Length && length == 0;
    }

    private bool NextChunk()
    {
        if (_insideChunks)
        {
            _connection.ReceiveLine(); // the empty line after a chunk's bytes
        }

        var line = _connection.ReceiveLine();
        if (!Utf8Parser.TryParse(line, out _left, out _, 'x') || _left < 0)
        {
            throw new HttpFaultException($"{_connection.Endpoint} sent a chunk without its length.");
        }

        _insideChunks = true;
        if (_left > 0)
        {
            return true;
        }

        while (_connection.ReceiveLine().Length > 0)
        {
            // Trailers: nothing here needs one.
        }

        Ended = true;
        return false;
    }
}
