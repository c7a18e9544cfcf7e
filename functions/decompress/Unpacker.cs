using Glue.Functions.Decompress.Archives;
using Glue.Functions.Decompress.Members;
using Glue.Functions.Objects.Staging;
using Glue.Functions.Objects;

namespace Glue.Functions.Decompress;

/// <summary>Archive in, members out: checks each name, counts each byte, and knows at every moment where it is.</summary>
/// <param name="settings">Limits and patterns.</param>
/// <param name="store">Takes the members; publishing them is the caller's.</param>
/// <param name="timeLeft">Until the function is ended.</param>
internal sealed class Unpacker(DecompressSettings settings, IStagedObjects store, Func<TimeSpan> timeLeft)
{
    private const int MostKeyBytes = 1024;

    /// <param name="source">The archive's bytes; can seek.</param>
    /// <param name="objectName">The last part of its key.</param>
    /// <param name="folder">Prefix of the members' keys, ending in a slash.</param>
    /// <exception cref="ObjectException">Not an archive, damaged, encrypted, or beyond a limit.</exception>
    public Manifest Unpack(Stream source, string objectName, string folder)
    {
        var counted = new CountedStream(source);
        var budget = new UnpackBudget(settings, source.Length, () => counted.BytesRead, timeLeft);
        var keys = new MemberKeys(MostKeyBytes - System.Text.Encoding.UTF8.GetByteCount(folder));
        var manifest = new Manifest(folder);
        ArchiveMember? member = null;
        long memberBytes = 0;
        try
        {
            using var archive = new ArchiveReader(
                counted, objectName, new NameDecoder(settings.NameEncoding), settings.Members.WantsAll ? null : name => settings.Members.Wants(MemberKeys.Clean(name)));
            try
            {
                while ((member = archive.Next()) is not null)
                {
                    memberBytes = 0;
                    budget.Look(archive.Decoded, member.Name);
                    var isWanted = settings.Members.Wants(MemberKeys.Clean(member.Name));
                    if (!isWanted && archive.IsSelected)
                    {
                        throw new ArchiveError("its own header and the zip's directory give it different names, of which INCLUDE and EXCLUDE want one only");
                    }

                    if (isWanted && member.Kind != MemberKind.Folder)
                    {
                        budget.AddMember();
                    }

                    var stored = NameToStore(member, isWanted, manifest);
                    if (stored != member.Name && isWanted && member.Kind is not (MemberKind.File or MemberKind.Folder))
                    {
                        manifest.Skip(member);
                    }

                    if (stored is null)
                    {
                        PassOver(archive, member, budget);
                        continue;
                    }

                    if (member.IsEncrypted)
                    {
                        throw new EncryptedArchiveException($"the member '{member.Name}'");
                    }

                    var name = keys.For(stored);
                    var digest = new StagedDigest();
                    budget.Expect(member.Bytes, member.Name);
                    store.Begin(folder + name, member.Bytes, digest);
                    Copy(archive, member, budget, ref memberBytes);
                    store.End();
                    manifest.Add(stored, name, memberBytes, digest);
                }

                manifest.Format = archive.Format;
                return manifest;
            }
            catch (ArchiveError e)
            {
                throw Translate(e, member, memberBytes, archive.Progress);
            }
            catch (InvalidDataException e) // gzip's
            {
                throw new DamagedArchiveException(Where(member, memberBytes, archive.Progress), e.Message.TrimEnd('.'), e);
            }
        }
        catch (ArchiveError e) // at the archive's very beginning
        {
            throw Translate(e, null, 0, $"archive byte {counted.Position} of {counted.Length}");
        }
        catch (InvalidDataException e)
        {
            throw new DamagedArchiveException($"archive byte {counted.Position} of {counted.Length}", e.Message.TrimEnd('.'), e);
        }
    }

    /// <summary>
    /// The name under which a member's bytes are stored; null: nowhere. A file with several names lies in a cpio (newc) with the last of
    /// them, which is a link to the first: that one's bytes are then still to come.
    /// </summary>
    private static string? NameToStore(ArchiveMember member, bool isWanted, Manifest manifest) => member.Kind switch
    {
        MemberKind.File when isWanted => member.Name,
        MemberKind.HardLink when member.Bytes > 0 => manifest.BytesOf(member.LinkTarget!) switch
        {
            0 => member.LinkTarget,
            null when isWanted => member.Name,
            _ => null,
        },
        _ => null,
    };

    /// <summary>Where leaving a member out means to unpack it, its bytes count against ratio and time all the same.</summary>
    private static void PassOver(ArchiveReader archive, ArchiveMember member, UnpackBudget budget)
    {
        if (archive.DecodesToSkip && member.Bytes is not 0 && !member.IsEncrypted)
        {
            while (archive.ReadBlock(out var bytes, out _))
            {
                budget.PassOver(bytes.Length, member.Name);
            }
        }
    }

    private void Copy(ArchiveReader archive, ArchiveMember member, UnpackBudget budget, ref long memberBytes)
    {
        while (archive.ReadBlock(out var bytes, out var offset))
        {
            if (offset > memberBytes)
            {
                WriteHole(offset - memberBytes, member.Name, budget);
                memberBytes = offset;
            }

            budget.Add(bytes.Length, member.Name);
            store.Write(bytes);
            memberBytes += bytes.Length;
        }

        if (member.Bytes is { } announced && announced != memberBytes)
        {
            if (announced < memberBytes)
            {
                throw new ArchiveError($"the member has {memberBytes} bytes, its header says {announced}");
            }

            // A hole at the end of a sparse file has no block behind it; a member cut short has none either, but there libarchive objects.
            if (archive.IsTar)
            {
                WriteHole(announced - memberBytes, member.Name, budget);
                memberBytes = announced;
            }
            else
            {
                throw new ArchiveError($"the member ends after {memberBytes} of {announced} bytes");
            }
        }
    }

    /// <summary>The zeros that a sparse file does not store.</summary>
    private void WriteHole(long bytes, string member, UnpackBudget budget)
    {
        var zeros = new byte[64 * 1024];
        while (bytes > 0)
        {
            var now = zeros.AsSpan(0, (int)Math.Min(zeros.Length, bytes));
            budget.Add(now.Length, member);
            store.Write(now);
            bytes -= now.Length;
        }
    }

    private static ObjectException Translate(ArchiveError error, ArchiveMember? member, long memberBytes, string progress)
    {
        var what = member is null ? "the archive" : $"the member '{member.Name}'";
        return error.IsEncryption ? new EncryptedArchiveException(what)
            : error.IsUnsupported ? new UnsupportedArchiveException(what, error.Message)
            : new DamagedArchiveException(Where(member, memberBytes, progress), error.Message, error);
    }

    private static string Where(ArchiveMember? member, long memberBytes, string progress) => member is null
        ? progress
        : memberBytes == 0 ? $"at or behind the member '{member.Name}' ({progress})" : $"the member '{member.Name}' broke at its byte {memberBytes} ({progress})";
}
