using Glue.ObjectStore.Bodies;
using Glue.ObjectStore.Files;
using Microsoft.Win32.SafeHandles;

namespace Glue.ObjectStore.Objects;

/// <summary>A body opened for reading one range. While it is open, the range stays readable whatever happens to the object.</summary>
internal sealed class StoredBodyReader : PayloadReader
{
    private readonly BlobFiles _files;
    private readonly List<(string Blob, long Offset, long Length)> _runs = [];
    private readonly IDisposable? _pin;
    private SafeFileHandle? _handle;
    private int _run;
    private long _doneOfRun;

    /// <exception cref="FileNotFoundException">The object was replaced since its row was read.</exception>
    public StoredBodyReader(BlobFiles files, ObjectBody body, ByteRange range)
    {
        _files = files;
        var (start, left) = (range.Start, range.Length);
        foreach (var (blob, length) in body.Segments)
        {
            var skipped = Math.Min(start, length);
            var taken = Math.Min(length - skipped, left);
            if (taken > 0)
            {
                _runs.Add((blob, skipped, taken));
            }

            start -= skipped;
            left -= taken;
        }

        if (_runs.Count > 1)
        {
            _pin = files.Pin([.. _runs.Select(static run => run.Blob)]);
        }

        try
        {
            _handle = _runs.Count > 0 ? files.Open(_runs[0].Blob) : null;
        }
        catch
        {
            _pin?.Dispose();
            throw;
        }
    }

    /// <exception cref="EndOfStreamException">A file is shorter than its metadata says: the data folder is damaged.</exception>
    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_run == _runs.Count)
        {
            return 0;
        }

        var (blob, offset, length) = _runs[_run];
        _handle ??= _files.Open(blob);
        var wanted = into[..(int)Math.Min(into.Length, length - _doneOfRun)];

        // A body that fits one piece is mostly in the page cache: reading it here is quicker than a hop to another thread.
        var read = length <= into.Length
            ? RandomAccess.Read(_handle, wanted.Span, offset + _doneOfRun)
            : await RandomAccess.ReadAsync(_handle, wanted, offset + _doneOfRun, cancellationToken);
        if (read == 0)
        {
            throw new EndOfStreamException($"Blob {blob} is shorter than its metadata says.");
        }

        _doneOfRun += read;
        if (_doneOfRun == length)
        {
            _handle.Dispose();
            _handle = null;
            _run++;
            _doneOfRun = 0;
        }

        return read;
    }

    public override void Dispose()
    {
        _handle?.Dispose();
        _pin?.Dispose();
    }
}
