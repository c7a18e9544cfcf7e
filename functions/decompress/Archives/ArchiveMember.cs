using System.Text;

namespace Glue.Functions.Decompress.Archives;

/// <summary>The header of one member.</summary>
/// <param name="Name">As it stands in the archive, decoded.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Bytes">Its size, where the header knows it.</param>
/// <param name="LinkTarget">Of a link.</param>
/// <param name="IsEncrypted">Its content needs a password.</param>
internal sealed record ArchiveMember(string Name, MemberKind Kind, long? Bytes, string? LinkTarget, bool IsEncrypted)
{
    private const uint TypeMask = 0xF000; // S_IFMT and its values (stat.h)
    private const uint Regular = 0x8000;
    private const uint Folder = 0x4000;
    private const uint Link = 0xA000;

    public static unsafe ArchiveMember Read(nint entry, Func<ReadOnlySpan<byte>, string> decode)
    {
        var raw = ArchiveNative.Text(ArchiveNative.Name(entry));
        var name = raw.IsEmpty ? Encoding.UTF8.GetString(ArchiveNative.Text(ArchiveNative.NameUtf8(entry))) : decode(raw);
        var hardLink = ArchiveNative.Text(ArchiveNative.HardLink(entry));
        var type = ArchiveNative.FileType(entry) & TypeMask;
        var kind = !hardLink.IsEmpty ? MemberKind.HardLink : type switch
        {
            Regular or 0 => MemberKind.File,
            Folder => MemberKind.Folder,
            Link => MemberKind.SymbolicLink,
            _ => MemberKind.Other,
        };
        var target = kind switch
        {
            MemberKind.HardLink => decode(hardLink),
            MemberKind.SymbolicLink => Encoding.UTF8.GetString(ArchiveNative.Text(ArchiveNative.SymbolicLinkUtf8(entry))),
            _ => null,
        };
        long? bytes = ArchiveNative.HasSize(entry) != 0 ? ArchiveNative.Size(entry) : null;
        return new ArchiveMember(name, kind, bytes, target, ArchiveNative.IsEncrypted(entry) != 0);
    }
}
