using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Snapshots;

/// <summary>
/// A guest at rest: its memory, sealed so that no VMM restored from it can change it for another, and the state of its devices.
/// </summary>
internal sealed class Snapshot(SafeFileHandle memory, SafeFileHandle state) : IDisposable
{
    /// <summary>Mapped private by every restored VM: it pays only for what it changes.</summary>
    public SafeFileHandle Memory { get; } = memory;

    /// <summary>The device state from its start. The caller disposes it; each restore needs one, for reading moves on.</summary>
    public SafeFileHandle OpenState() => Descriptor.Reopen(state, Posix.O_RDONLY);

    public void Dispose()
    {
        Memory.Dispose();
        state.Dispose();
    }

    /// <summary>Writes both parts to files.</summary>
    public void Save(string memoryPath, string statePath)
    {
        using var memoryFile = Descriptor.Open(memoryPath, Posix.O_RDWR | Posix.O_CREAT | Posix.O_TRUNC);
        Drives.SparseFile.CopyTo(Memory, memoryFile);
        using var stateFile = Descriptor.Open(statePath, Posix.O_RDWR | Posix.O_CREAT | Posix.O_TRUNC);
        Drives.SparseFile.CopyTo(state, stateFile);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public static Snapshot Load(string memoryPath, string statePath)
    {
        var memory = LoadSealed(memoryPath);
        try
        {
            return new Snapshot(memory, LoadSealed(statePath));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private static SafeFileHandle LoadSealed(string path)
    {
        using var file = Descriptor.Open(path, Posix.O_RDONLY);
        var memory = Descriptor.Memory("snapshot", 0);
        try
        {
            Drives.SparseFile.CopyTo(file, memory);
            Descriptor.Seal(memory);
            return memory;
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }
}
