using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;

namespace Glue.Functions.Decompress.Archives;

/// <summary>
/// One libarchive reader over a stream or a decoder. What that throws inside a callback cannot cross native code: it is kept and thrown again
/// as soon as libarchive has returned.
/// </summary>
internal sealed unsafe class ArchiveHandle : IDisposable
{
    private const int BufferBytes = 256 * 1024;

    private readonly Stream _source = Stream.Null;
    private readonly IDecoder? _decoder;
    private readonly bool _seeks;
    private readonly byte* _buffer;
    private nint _archive = ArchiveNative.New();
    private GCHandle _self;
    private ExceptionDispatchInfo? _thrown;

    /// <param name="source">Read from where it stands; its owner closes it.</param>
    /// <param name="seeks">libarchive may seek in it.</param>
    public ArchiveHandle(Stream source, bool seeks)
    {
        (_source, _seeks) = (source, seeks);
        _buffer = (byte*)NativeMemory.Alloc(BufferBytes);
        _self = GCHandle.Alloc(this);
    }

    /// <param name="decoder">Its owner closes it, later.</param>
    public ArchiveHandle(IDecoder decoder)
    {
        _decoder = decoder;
        _self = GCHandle.Alloc(this);
    }

    public nint Pointer => _archive;

    public int Format => ArchiveNative.Format(_archive) & ArchiveNative.FormatMask;

    /// <summary>What libarchive took from the stream or the decoder.</summary>
    public long BytesTaken { get; private set; }

    public bool HasEncryptedEntries => ArchiveNative.HasEncryptedEntries(_archive) > 0;

    /// <exception cref="ArchiveError">No format or filter that was asked for fits.</exception>
    public void Open()
    {
        _ = ArchiveNative.SetRead(_archive, &Read);
        if (_seeks)
        {
            _ = ArchiveNative.SetSkip(_archive, &Skip);
            _ = ArchiveNative.SetSeek(_archive, &Seek);
        }

        _ = ArchiveNative.SetCallbackData(_archive, GCHandle.ToIntPtr(_self));
        Check(ArchiveNative.Open(_archive));
    }

    /// <param name="entry">Valid until the next call.</param>
    /// <returns>False at the end.</returns>
    public bool Next(out nint entry)
    {
        var result = ArchiveNative.NextHeader(_archive, out entry);
        if (result == ArchiveNative.EndOfArchive)
        {
            _thrown?.Throw();
            return false;
        }

        // A warning about a header is about a detail of it: a name in no known charset, an odd time.
        Check(result == ArchiveNative.Warn ? ArchiveNative.Ok : result);
        return true;
    }

    /// <summary>The next bytes of the current member; valid until the next call.</summary>
    /// <param name="bytes">Empty at the member's end.</param>
    /// <param name="offset">Where they lie in the member: behind a hole if that is further than the bytes so far.</param>
    /// <returns>False at the member's end.</returns>
    public bool ReadBlock(out ReadOnlySpan<byte> bytes, out long offset)
    {
        var result = ArchiveNative.ReadBlock(_archive, out var start, out var length, out offset);
        if (result == ArchiveNative.EndOfArchive)
        {
            _thrown?.Throw();
            bytes = default;
            return false;
        }

        Check(result); // a warning here is a checksum that does not fit
        bytes = new ReadOnlySpan<byte>(start, checked((int)length));
        return true;
    }

    public void Dispose()
    {
        if (_archive != 0)
        {
            _ = ArchiveNative.Free(_archive);
            _archive = 0;
            _self.Free();
            NativeMemory.Free(_buffer);
        }
    }

    private void Check(int result)
    {
        _thrown?.Throw();
        if (result != ArchiveNative.Ok)
        {
            var message = Encoding.UTF8.GetString(ArchiveNative.Text(ArchiveNative.Error(_archive))).Trim().TrimEnd('.');
            throw new ArchiveError(message.Length > 0 ? message : "libarchive gave no reason");
        }
    }

    private static ArchiveHandle Of(nint data) => (ArchiveHandle)GCHandle.FromIntPtr(data).Target!;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static nint Read(nint archive, nint data, void** bytes)
    {
        var self = Of(data);
        try
        {
            if (self._decoder is not { } decoder)
            {
                *bytes = self._buffer;
                var read = self._source.Read(new Span<byte>(self._buffer, BufferBytes));
                self.BytesTaken += read;
                return read;
            }

            var block = decoder.ReadBlock();
            fixed (byte* start = block)
            {
                *bytes = start; // native memory: it does not move
            }

            self.BytesTaken += block.Length;
            return block.Length;
        }
        catch (Exception e)
        {
            self._thrown ??= ExceptionDispatchInfo.Capture(e);
            return ArchiveNative.Fatal;
        }
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Skip(nint archive, nint data, long bytes)
    {
        var source = Of(data)._source;
        var skipped = Math.Clamp(source.Length - source.Position, 0, bytes);
        source.Position += skipped;
        return skipped;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static long Seek(nint archive, nint data, long offset, int whence)
    {
        var source = Of(data)._source;
        var target = offset + (whence switch { 0 => 0, 1 => source.Position, _ => source.Length });
        if (target < 0)
        {
            return ArchiveNative.Fatal;
        }

        source.Position = Math.Min(target, source.Length);
        return source.Position;
    }
}
