using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;

namespace Glue.ObjectStore.Objects;

/// <summary>
/// A body opened for reading one range. While it is open, the range stays readable whatever happens to the object; what it gives was
/// checked against the blobs' own sums.
/// </summary>
internal sealed class StoredBodyReader : PayloadReader
{
    private readonly BlobFiles _files;
    private readonly List<(BodySegment Segment, long Offset, long Length)> _runs = [];
    private readonly IDisposable? _pin;
    private readonly bool _evenIfDamaged;
    private BlobReader? _reader;
    private int _run;

    /// <param name="files">Where the blobs are.</param>
    /// <param name="body">All of it.</param>
    /// <param name="range">What is wanted.</param>
    /// <param name="evenIfDamaged">Read also what was found damaged: whoever verifies looks again.</param>
    /// <exception cref="FileNotFoundException">The object was replaced since its row was read.</exception>
    /// <exception cref="BodyDamagedException">It is known to be damaged, or seen to be.</exception>
    public StoredBodyReader(BlobFiles files, ObjectBody body, ByteRange range, bool evenIfDamaged = false)
    {
        (_files, _evenIfDamaged) = (files, evenIfDamaged);
        var (start, left) = (range.Start, range.Length);
        foreach (var segment in body.Segments)
        {
            var skipped = Math.Min(start, segment.Length);
            var taken = Math.Min(segment.Length - skipped, left);
            if (taken > 0)
            {
                _runs.Add((segment, skipped, taken));
            }

            start -= skipped;
            left -= taken;
        }

        if (_runs.Count > 1)
        {
            _pin = files.Pin([.. _runs.Select(static run => run.Segment.Blob)]);
        }

        try
        {
            _reader = _runs.Count > 0 ? Open() : null;
        }
        catch
        {
            _pin?.Dispose();
            throw;
        }
    }

    /// <exception cref="BodyDamagedException">What is on disk is not what was put.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        while (_run < _runs.Count)
        {
            _reader ??= Open();
            if (await _reader.ReadAsync(into, cancellationToken) is var read and > 0)
            {
                return read;
            }

            _reader.Dispose();
            _reader = null;
            _run++;
        }

        return 0;
    }

    public override void Dispose()
    {
        _reader?.Dispose();
        _pin?.Dispose();
    }

    private BlobReader Open()
    {
        var (segment, offset, length) = _runs[_run];
        if (!_evenIfDamaged)
        {
            _files.Damaged.Check(segment.Blob);
        }

        return _files.Open(segment.Blob, segment.Length, offset, length);
    }
}
