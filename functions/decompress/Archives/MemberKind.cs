namespace Glue.Functions.Decompress.Archives;

/// <summary>What a member of an archive is.</summary>
internal enum MemberKind
{
    File,
    Folder,
    SymbolicLink,
    HardLink,

    /// <summary>Device, pipe or socket.</summary>
    Other,
}
