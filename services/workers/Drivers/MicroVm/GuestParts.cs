using Glue.Workers.Images;
using Glue.Workers.Drivers.MicroVm.Drives;
using Glue.Workers.Drivers.MicroVm.Native;
using Microsoft.Win32.SafeHandles;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>What every VM boots from, opened once: VMMs get these descriptors and never a path.</summary>
internal sealed class GuestParts : IDisposable
{
    private GuestParts(GuestImage image, AgentInitramfs initramfs)
    {
        Image = image;
        InitramfsDigest = initramfs.Digest;
        Kernel = Descriptor.Open(image.Kernel, Posix.O_RDONLY);
        Initramfs = Descriptor.Open(initramfs.Path, Posix.O_RDONLY);
        Root = Descriptor.Open(image.Root, Posix.O_RDONLY);
    }

    public GuestImage Image { get; }

    public string InitramfsDigest { get; }

    public SafeFileHandle Kernel { get; }

    public SafeFileHandle Initramfs { get; }

    public SafeFileHandle Root { get; }

    /// <summary>In place of an interpreter that comes with the function.</summary>
    public SafeFileHandle NoInterpreter { get; } = ReadOnlyDrives.Placeholder();

    /// <param name="image">A built image.</param>
    /// <param name="guestFolder">The published agent with its runtime bootstraps.</param>
    public static GuestParts Open(GuestImage image, string guestFolder) => new(image, AgentInitramfs.Ensure(image, guestFolder));

    public void Dispose()
    {
        Kernel.Dispose();
        Initramfs.Dispose();
        Root.Dispose();
        NoInterpreter.Dispose();
    }
}
