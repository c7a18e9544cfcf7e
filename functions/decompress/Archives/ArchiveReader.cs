using Glue.Functions.Decompress.Members;
using Glue.Functions.Decompress.Zip;

namespace Glue.Functions.Decompress.Archives;

/// <summary>Opens whatever an object holds and goes through its members, one after the other.</summary>
internal sealed class ArchiveReader : IDisposable
{
    // The rest of libarchive's formats is closed: rare parsers are where the holes are.
    private static readonly (int Code, string Name)[] Formats =
    [
        (ArchiveNative.FormatTar, "tar"), (ArchiveNative.FormatZip, "zip"), (ArchiveNative.Format7Zip, "7z"), (ArchiveNative.FormatRar, "rar"),
        (ArchiveNative.FormatRar5, "rar"), (ArchiveNative.FormatCpio, "cpio"), (ArchiveNative.FormatIso9660, "iso"), (ArchiveNative.FormatAr, "ar"),
    ];

    // Compressed as a whole as a matter of course. A zip inside gzip is a single file: an archive in an archive.
    private static readonly (int Code, string Name)[] CompressedFormats = [(ArchiveNative.FormatTar, "tar"), (ArchiveNative.FormatCpio, "cpio")];

    private readonly CountedStream _source;
    private readonly NameDecoder _names;
    private readonly Compression? _compression;
    private readonly string _objectName;
    private readonly long _compressedFrom;
    private IDecoder? _decoder;
    private ArchiveHandle? _archive;
    private PlainZip? _zip; // instead of the two
    private bool _begun;
    private bool _isEmptyFile; // the single compressed file

    /// <param name="source">The object; its owner closes it.</param>
    /// <param name="objectName">The last part of its key: a single compressed file has its name from it.</param>
    /// <param name="names">Decodes members' names.</param>
    /// <param name="wanted">Members that will be read, by name; null: all. A zip is then read only where they are.</param>
    /// <exception cref="NotAnArchiveException">Of no format that is understood.</exception>
    public ArchiveReader(CountedStream source, string objectName, NameDecoder names, Func<string, bool>? wanted)
    {
        (_source, _objectName, _names) = (source, objectName, names);
        Span<byte> start = stackalloc byte[Signatures.Bytes];
        start = start[..source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        var look = Signatures.Describe(start);
        _compressedFrom = SkippableFrames.Skip(source, start);
        if (_compressedFrom > 0)
        {
            start = start[..source.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
        }

        source.Position = 0;
        _compression = Compression.Recognise(start);
        try
        {
            if (_compression is not null)
            {
                OpenCompressed(maybeArchive: true);
            }
            else if (Signatures.IsZip(start))
            {
                OpenZip(wanted);
            }
            else
            {
                Open(new ArchiveHandle(source, seeks: true), Formats);
            }
        }
        catch (ArchiveError e) when (_compression is null && !e.IsEncryption)
        {
            Dispose();
            throw new NotAnArchiveException(look);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>For the manifest: <c>zip</c>, <c>tar, gzip</c>, <c>gzip</c>. Known after the first <see cref="Next"/>.</summary>
    public string Format
    {
        get
        {
            if (_zip is not null)
            {
                return "zip";
            }

            var archive = Array.Find(Formats, format => format.Code == _archive!.Format).Name;
            return archive is null ? _compression?.Name ?? "" : _compression is null ? archive : $"{archive}, {_compression.Name}";
        }
    }

    public bool IsTar => _archive?.Format == ArchiveNative.FormatTar;

    /// <summary>What lies behind a member can only be had by decoding it: to leave it out costs as much as to read it.</summary>
    public bool DecodesToSkip => _compression is not null || _archive?.Format is ArchiveNative.Format7Zip or ArchiveNative.FormatRar5;

    /// <summary>Bytes that came out of the compression around the members, their headers included; 0 without one.</summary>
    public long Decoded => _compression is null ? 0 : _archive!.BytesTaken;

    /// <summary>Members that are not wanted do not come up: the zip's directory was asked for their names.</summary>
    public bool IsSelected { get; private set; }

    /// <summary>How far the object was read.</summary>
    public string Progress => $"archive byte {_source.Position} of {_source.Length}";

    /// <exception cref="ArchiveError">The archive ends too early, or what is there is no header.</exception>
    /// <returns>Null at the end.</returns>
    public ArchiveMember? Next()
    {
        if (_zip is not null)
        {
            return _zip.Next();
        }

        if (_isEmptyFile)
        {
            return null;
        }

        var any = _archive!.Next(out var entry);
        if (!any && _archive.Format == ArchiveNative.FormatEmpty && !_compression!.IsTarName(_objectName))
        {
            _isEmptyFile = true;
            return new ArchiveMember(_compression.NameInside(_objectName), MemberKind.File, 0, null, false);
        }

        if (!any && !_begun && IsTar && _compression is not null && !_compression.IsTarName(_objectName))
        {
            OpenCompressed(maybeArchive: false); // a file that begins with zeros looks like a tar without members
            any = _archive.Next(out entry);
        }

        _begun = true;
        if (!any)
        {
            ReadRest();
            return _archive.HasEncryptedEntries ? throw new EncryptedArchiveException("the archive's list of members") : null;
        }

        if (_archive.Format == ArchiveNative.FormatRaw)
        {
            return new ArchiveMember(_compression!.NameInside(_objectName), MemberKind.File, null, null, false);
        }

        var isZip = _archive.Format == ArchiveNative.FormatZip;
        return ArchiveMember.Read(entry, name => isZip ? _names.DecodeZip(name) : _names.Decode(name));
    }

    /// <inheritdoc cref="ArchiveHandle.ReadBlock"/>
    public bool ReadBlock(out ReadOnlySpan<byte> bytes, out long offset)
    {
        if (_isEmptyFile)
        {
            bytes = default;
            offset = 0;
            return false;
        }

        return _zip is null ? _archive!.ReadBlock(out bytes, out offset) : _zip.ReadBlock(out bytes, out offset);
    }

    public void Dispose()
    {
        _archive?.Dispose();
        _decoder?.Dispose();
        _zip?.Dispose();
    }

    private void OpenCompressed(bool maybeArchive)
    {
        _archive?.Dispose();
        _decoder?.Dispose();
        _source.Position = _compressedFrom;
        _decoder = _compression!.Open(_source);
        Open(new ArchiveHandle(_decoder), maybeArchive ? CompressedFormats : []);
    }

    private void OpenZip(Func<string, bool>? wanted)
    {
        var directory = ZipDirectory.Find(_source);
        _zip = PlainZip.TryOpen(_source, directory, _names, wanted);
        if (_zip is null)
        {
            IsSelected = wanted is not null;
            Open(new ArchiveHandle(wanted is null ? _source : directory.Select(_source, name => wanted(_names.DecodeZip(name))), seeks: true), Formats);
        }
    }

    private void Open(ArchiveHandle archive, ReadOnlySpan<(int Code, string Name)> formats)
    {
        _archive = archive;
        foreach (var (code, _) in formats)
        {
            _ = ArchiveNative.SupportFormat(_archive.Pointer, code);
        }

        if (_compression is not null)
        {
            _ = ArchiveNative.SupportRaw(_archive.Pointer); // a single file, when it is no archive
            _ = ArchiveNative.SupportEmpty(_archive.Pointer);
        }

        _archive.Open();
    }

    /// <summary>
    /// An archive ends before the compression around it does: the padding behind a tar holds the checksum of everything before. What
    /// follows is looked at so far as padding goes.
    /// </summary>
    private void ReadRest()
    {
        const int MostPadding = 1024 * 1024;
        for (long left = MostPadding; _decoder is not null && left > 0;)
        {
            var read = _decoder.ReadBlock().Length;
            if (read == 0)
            {
                return;
            }

            left -= read;
        }
    }
}
