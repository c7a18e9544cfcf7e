using Glue.Functions.Http;

namespace Glue.Functions.Storage;

/// <summary>
/// An object as a stream that can seek. It asks for ranges that grow while they are read one after the other (256 KiB, 4 MiB, then
/// the whole rest), so that looking into a large object here and there stays cheap and reading it through takes
/// few requests. Every range is of the same object: when it is replaced meanwhile, reading fails with <c>PreconditionFailed</c>.
/// </summary>
public sealed class ObjectStream : Stream
{
    private const int FirstRange = 256 * 1024;
    private const int Growth = 16;
    private const long LastRange = 64L * 1024 * 1024;
    private const int CheapSkip = 128 * 1024; // reading on costs less than another request
    private const int StartBytes = 4096;
    private const int MostBreaks = 3;

    private readonly StorageClient _client;
    private readonly string _bucket;
    private readonly string _key;
    private readonly string? _versionId;
    private readonly byte[] _start = new byte[StartBytes]; // kept: who looks at what an object is goes back to its beginning
    private int _startRead;
    private StoredObject? _range;
    private long _rangeEnd; // offset behind the open range
    private long _rangeAt; // offset of the next byte that the open range gives
    private long _nextRange = FirstRange;
    private long _position;

    /// <exception cref="StorageException">Refused: <c>NotFound</c>, <c>Forbidden</c>, …</exception>
    public ObjectStream(StorageClient client, string bucket, string key, string? versionId = null)
    {
        (_client, _bucket, _key, _versionId) = (client, bucket, key, versionId);
        Info = client.Head(bucket, key, versionId);
        Length = Info.ContentLength;
    }

    /// <summary>Of the whole object.</summary>
    public ObjectInfo Info { get; }

    /// <summary>Bytes that came from the store, those read twice counted twice.</summary>
    public long BytesFetched { get; private set; }

    public override long Length { get; }

    public override long Position { get => _position; set => _position = value; }

    public override bool CanRead => true;

    public override bool CanSeek => true;

    public override bool CanWrite => false;

    /// <remarks>A connection that breaks is made anew where it broke, up to three times in a row without a byte between.</remarks>
    public override int Read(Span<byte> buffer)
    {
        if (_position >= Length || buffer.IsEmpty)
        {
            return 0;
        }

        if (_position < _startRead)
        {
            var kept = _start.AsSpan((int)_position, Math.Min(buffer.Length, _startRead - (int)_position));
            kept.CopyTo(buffer);
            _position += kept.Length;
            return kept.Length;
        }

        for (var breaks = 0; ; breaks++)
        {
            try
            {
                var body = Open();
                var read = body.Read(buffer[..(int)Math.Min(buffer.Length, _rangeEnd - _rangeAt)]);
                if (read > 0)
                {
                    KeepStart(buffer[..read]);
                    _rangeAt += read;
                    _position = _rangeAt;
                    BytesFetched += read;
                    return read;
                }

                throw new HttpFaultException($"The store ended {_bucket}/{_key} before its announced length.");
            }
            catch (HttpFaultException) when (breaks < MostBreaks)
            {
                Leave();
            }
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => _position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Leave();
        base.Dispose(disposing);
    }

    private void KeepStart(ReadOnlySpan<byte> read)
    {
        if (_position == _startRead && _startRead < StartBytes)
        {
            var kept = read[..Math.Min(read.Length, StartBytes - _startRead)];
            kept.CopyTo(_start.AsSpan(_startRead));
            _startRead += kept.Length;
        }
    }

    private Stream Open()
    {
        if (_range is not null && _position > _rangeAt && _position - _rangeAt <= CheapSkip && _position < _rangeEnd)
        {
            Skip(_range.Body, _position - _rangeAt);
        }

        if (_range is not null && _position == _rangeAt && _rangeAt < _rangeEnd)
        {
            return _range.Body;
        }

        var follows = _range is not null && _position == _rangeEnd && _rangeAt == _rangeEnd;
        _nextRange = follows ? _nextRange * Growth : FirstRange;
        Leave();
        _rangeAt = _position;
        _rangeEnd = _nextRange >= LastRange ? Length : Math.Min(Length, _position + _nextRange);
        _range = _client.Get(_bucket, _key, new ObjectRange(_position, _rangeEnd - 1), _versionId, Info.ETag);
        return _range.Body;
    }

    private void Skip(Stream body, long bytes)
    {
        Span<byte> waste = stackalloc byte[4096];
        while (bytes > 0)
        {
            var read = body.Read(waste[..(int)Math.Min(waste.Length, bytes)]);
            if (read == 0)
            {
                throw new HttpFaultException($"The store ended {_bucket}/{_key} before its announced length.");
            }

            bytes -= read;
            _rangeAt += read;
            BytesFetched += read;
        }
    }

    private void Leave()
    {
        _range?.Dispose();
        _range = null;
    }
}
