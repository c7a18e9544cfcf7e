using System.Buffers.Binary;
using System.Runtime.ExceptionServices;
using Glue.Functions.Decompress.Archives;
using Glue.Functions.Decompress.Members;

namespace Glue.Functions.Decompress.Zip;

/// <summary>
/// Reads the zip as nearly all are: files and folders, stored or deflated. libarchive reads the others (and would read these), but inflates
/// and sums with zlib, which takes three times as long as ISA-L. The directory counts; members are read in the order in which they lie.
/// </summary>
internal sealed class PlainZip : IDisposable
{
    private const uint LocalSignature = 0x04034b50;
    private const string CutShort = "the member's data end too early";

    private readonly IEnumerator<ZipMember> _members;
    private readonly SourceBuffer _input;
    private readonly Inflater _inflater = new();
    private ExceptionDispatchInfo? _fault;
    private long _packedLeft; // of the current member, in the zip
    private long _bytes; // of its content, so far
    private uint _checksum;

    private PlainZip(Stream source, IEnumerable<ZipMember> members) => (_input, _members) = (new SourceBuffer(source), members.GetEnumerator());

    /// <param name="source">Can seek; its owner closes it.</param>
    /// <param name="directory">Its directory.</param>
    /// <param name="names">Decodes names.</param>
    /// <param name="wanted">Members that will be read, by name; null: all.</param>
    /// <returns>Null when it is not plain; the source then stands at its beginning.</returns>
    public static PlainZip? TryOpen(Stream source, ZipDirectory directory, NameDecoder names, Func<string, bool>? wanted) =>
        directory.ReadPlain(source, names.DecodeZip) is { } members
            ? new PlainZip(source, wanted is null ? members : members.Where(member => wanted(member.Name)))
            : null;

    /// <returns>Null at the end.</returns>
    /// <exception cref="ArchiveError">Where the member should be is none.</exception>
    public ArchiveMember? Next()
    {
        if (!_members.MoveNext())
        {
            return null;
        }

        var member = _members.Current;
        _input.GoTo(member.Position);
        if (!_input.Ensure(ZipMember.LocalHeaderBytes) || U32(0) != LocalSignature || U16(8) != (member.IsDeflated ? 8 : 0))
        {
            throw new ArchiveError($"the header of '{member.Name}' is damaged or not where the zip's directory says");
        }

        _input.GoTo(member.Position + ZipMember.LocalHeaderBytes + U16(26) + U16(28));
        _inflater.Begin(IsalNative.Nothing);
        (_packedLeft, _bytes, _checksum, _fault) = (member.PackedBytes, 0, 0, null);
        return new ArchiveMember(member.Name, member.IsFolder ? MemberKind.Folder : MemberKind.File, member.Bytes, null, false);
    }

    /// <inheritdoc cref="ArchiveHandle.ReadBlock"/>
    public bool ReadBlock(out ReadOnlySpan<byte> bytes, out long offset)
    {
        _fault?.Throw();
        offset = _bytes;
        bytes = _members.Current.IsDeflated ? Inflate() : ReadStored();
        _bytes += bytes.Length;
        if (bytes.Length > 0)
        {
            return true;
        }

        var member = _members.Current;
        var checksum = member.IsDeflated ? _inflater.Checksum : _checksum;
        return _bytes != member.Bytes ? throw new ArchiveError($"the member has {_bytes} bytes, the zip's directory says {member.Bytes}")
            : _packedLeft > 0 ? throw new ArchiveError($"the member's data end {_packedLeft} bytes before the zip's directory says")
            : checksum != member.Checksum ? throw new ArchiveError($"bad CRC: {checksum:x8}, the zip's directory says {member.Checksum:x8}")
            : false;
    }

    public void Dispose()
    {
        _members.Dispose();
        _inflater.Dispose();
        _input.Dispose();
    }

    private ReadOnlySpan<byte> Inflate()
    {
        _inflater.EmptyBlock();
        try
        {
            while (!_inflater.IsFinished && !_inflater.IsBlockFull)
            {
                var (decoded, left) = (_inflater.Block.Length, _packedLeft);
                FillIfEmpty();
                _packedLeft -= _inflater.Inflate(_input, _packedLeft);
                if (!_inflater.IsFinished && (decoded, left) == (_inflater.Block.Length, _packedLeft))
                {
                    throw new InvalidDataException(CutShort);
                }
            }
        }
        catch (InvalidDataException e) when (_inflater.Block.Length > 0)
        {
            _fault = ExceptionDispatchInfo.Capture(e); // thrown once what comes before was handed out
        }

        return _inflater.Block;
    }

    private unsafe ReadOnlySpan<byte> ReadStored()
    {
        FillIfEmpty();
        var bytes = (int)Math.Min(_input.Available, _packedLeft);
        var block = _input.Span[..bytes];
        _checksum = IsalNative.Checksum(_checksum, _input.Next, (ulong)bytes);
        _input.Take(bytes);
        _packedLeft -= bytes;
        return block;
    }

    private void FillIfEmpty()
    {
        if (_packedLeft > 0 && _input.Available == 0 && !_input.Fill())
        {
            throw new InvalidDataException(CutShort);
        }
    }

    private ushort U16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_input.Span[at..]);

    private uint U32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_input.Span[at..]);
}
