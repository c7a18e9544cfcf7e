using Microsoft.Win32.SafeHandles;

namespace Glue.ObjectStore.Files;

/// <summary>A range of a file without sums. Only its length can be checked here; a verification checks the rest.</summary>
internal sealed class PlainFileReader(string blob, SafeFileHandle file, long offset, long length) : BlobReader
{
    private long _done;

    public override async ValueTask<int> ReadAsync(Memory<byte> into, CancellationToken cancellationToken)
    {
        if (_done == length || into.IsEmpty)
        {
            return 0;
        }

        var wanted = into[..(int)Math.Min(into.Length, length - _done)];
        var read = await RandomAccess.ReadAsync(file, wanted, offset + _done, cancellationToken);
        _done += read;
        return read > 0 ? read : throw new BodyDamagedException(blob, $"the file ends after {offset + _done} bytes");
    }

    public override void Dispose() => file.Dispose();
}
