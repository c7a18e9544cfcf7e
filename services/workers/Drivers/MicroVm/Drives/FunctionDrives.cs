using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm.Drives;

/// <summary>What of a function a VM only reads, opened: kept open by the VMMs that got it.</summary>
/// <param name="Code">Code and layers.</param>
/// <param name="Interpreter">What runs it; null: the root image has it, or the code is a program itself.</param>
internal sealed record FunctionDrives(SafeFileHandle Code, SafeFileHandle? Interpreter) : IDisposable
{
    /// <summary>For a guest that has no function yet.</summary>
    public static FunctionDrives Placeholders() => new(ReadOnlyDrives.Placeholder(), Interpreter: null);

    public void Dispose()
    {
        Code.Dispose();
        Interpreter?.Dispose();
    }
}
