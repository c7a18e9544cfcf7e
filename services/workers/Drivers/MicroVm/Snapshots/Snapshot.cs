using System.Security.Cryptography;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>
/// A guest at rest: its memory, sealed so that no VMM restored from it can change it for another, the state of its devices, and for
/// a function's snapshot its /tmp. Never disposed by hand: a restore may still be using it; the last one to let go frees it.
/// </summary>
/// <param name="memory">The guest's memory.</param>
/// <param name="state">The device state.</param>
/// <param name="scratch">The /tmp drive at that moment; null for a guest without a function.</param>
internal sealed class Snapshot(SafeFileHandle memory, SafeFileHandle state, SafeFileHandle? scratch)
{
    private const string MemoryFile = "memory", StateFile = "state", ScratchFile = "scratch", SumFile = "sum";

    /// <summary>Mapped private by every restored VM: it pays only for what it changes.</summary>
    public SafeFileHandle Memory { get; } = memory;

    /// <summary>To be copied for each restored VM; null: any fresh /tmp will do.</summary>
    public SafeFileHandle? Scratch { get; } = scratch;

    /// <summary>What it takes of the host's memory.</summary>
    public long MemoryBytes { get; } = SparseFile.UsedBytes(memory);

    /// <summary>The device state from its start. The caller disposes it; each restore needs one, for reading moves on.</summary>
    public SafeFileHandle OpenState() => Descriptor.Reopen(state, Posix.O_RDONLY);

    /// <summary>Writes it to files of a folder, with a checksum.</summary>
    public void Save(string folder)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Write(Memory, MemoryFile);
        Write(state, StateFile);
        if (Scratch is not null)
        {
            Write(Scratch, ScratchFile);
        }

        File.WriteAllBytes(Path.Combine(folder, SumFile), sum.GetHashAndReset());

        void Write(SafeFileHandle part, string name)
        {
            using var file = Descriptor.Open(Path.Combine(folder, name), Posix.O_RDWR | Posix.O_CREAT | Posix.O_TRUNC);
            SparseFile.CopyTo(part, file, sum);
        }
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <exception cref="IOException">A part cannot be read.</exception>
    /// <exception cref="InvalidDataException">The checksum does not fit.</exception>
    public static Snapshot Load(string folder)
    {
        using var sum = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var memory = Read(MemoryFile, isSealed: true);
        var state = Read(StateFile, isSealed: true);
        var scratch = File.Exists(Path.Combine(folder, ScratchFile)) ? Read(ScratchFile, isSealed: false) : null;
        return File.ReadAllBytes(Path.Combine(folder, SumFile)).AsSpan().SequenceEqual(sum.GetHashAndReset())
            ? new Snapshot(memory, state, scratch)
            : throw new InvalidDataException($"The snapshot in {folder} is damaged.");

        SafeFileHandle Read(string name, bool isSealed)
        {
            using var file = Descriptor.Open(Path.Combine(folder, name), Posix.O_RDONLY);
            var part = isSealed ? Descriptor.Memory("snapshot", 0) : Descriptor.Open(folder, Posix.O_TMPFILE | Posix.O_RDWR);
            SparseFile.CopyTo(file, part, sum);
            if (isSealed)
            {
                Descriptor.Seal(part);
            }

            return part;
        }
    }
}
