using System.Globalization;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>
/// The command line of one VMM. Every character of it that a guest can notice is part of the snapshot key: a saved state fits only
/// the machine it was saved from.
/// </summary>
internal static class QemuCommand
{
    public const string Program = "/usr/bin/qemu-system-x86_64";

    /// <summary>
    /// The emulated processor: x86-64-v2, which is what distributions and ahead-of-time code expect, and RDRAND, without which the
    /// guest's first random bytes take over a second. No AVX: emulating it is slower than the code that does without.
    /// </summary>
    private const string EmulatedCpu = "qemu64,+ssse3,+sse4.1,+sse4.2,+popcnt,+cx16,+aes,+pclmulqdq,+rdrand";

    // Descriptors of the VMM: 0 to 2 are null and its log, then in this order.
    public const int ChannelFd = 3, MonitorFd = 4, KernelFd = 5, InitramfsFd = 6, MemoryFd = 7, FirstDriveFd = 8;

    /// <summary>Kernel parameters; the kernel hands the last, unknown to it, to the agent as its argument.</summary>
    /// <remarks>
    /// <c>tsc_early_khz</c>: on a busy host the emulated guest's calibration of its clock fails and the boot hangs for ever; told the
    /// frequency it does not calibrate. Under KVM kvm-clock says it. <c>mitigations=off</c>: a guest runs one
    /// tenant's code and ends with it, and the host's own protections stay; it saves instructions.
    /// </remarks>
    private static string KernelParameters(Accelerator accelerator, bool hasConsole, long tscKhz) =>
        (hasConsole ? "console=ttyS0" : "quiet console=null") + " reboot=t panic=-1 random.trust_cpu=on mitigations=off"
        + (accelerator == Accelerator.Tcg ? $" tsc_early_khz={tscKhz}" : "") + " microvm";

    /// <summary>What the guest sees of the machine; part of the snapshot key.</summary>
    public static IEnumerable<string> Machine(VmmSpec spec, long tscKhz) =>
    [
        "-M", "microvm,x-option-roms=off,rtc=on,pit=on,pic=on,isa-serial=" + (spec.HasConsole ? "on" : "off") + (spec.Memory is null ? "" : ",memory-backend=ram"),
        "-accel", spec.Accelerator == Accelerator.Kvm ? "kvm" : "tcg",
        "-cpu", spec.Accelerator == Accelerator.Kvm ? "host" : EmulatedCpu,
        "-smp", Text(spec.Processors),
        "-m", $"{spec.MemoryMiB}M",
        "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
        "-append", KernelParameters(spec.Accelerator, spec.HasConsole, tscKhz),
    ];

    public static List<string> Arguments(VmmSpec spec, long tscKhz)
    {
        List<string> arguments =
        [
            Program, .. Machine(spec, tscKhz),
            "-kernel", $"/proc/self/fd/{KernelFd}", "-initrd", $"/proc/self/fd/{InitramfsFd}",
            "-device", "virtio-serial-device",
            "-chardev", $"socket,id=agent,fd={ChannelFd}", "-device", "virtserialport,chardev=agent,name=agent",
            "-chardev", $"socket,id=monitor,fd={MonitorFd}", "-mon", "chardev=monitor,mode=control",
            "-sandbox", "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny",
        ];
        if (spec.HasConsole)
        {
            arguments.AddRange(["-serial", "stdio"]);
        }

        if (spec.Memory is not null)
        {
            arguments.AddRange(
                ["-object", $"memory-backend-file,id=ram,size={spec.MemoryMiB}M,mem-path=/proc/self/fd/{MemoryFd},share={(spec.IsMemoryShared ? "on" : "off")}"]);
        }

        for (var i = 0; i < spec.Drives.Count; i++)
        {
            var drive = spec.Drives[i];
            // A full or failing host disk is an error of that write inside the guest; QEMU's default would freeze the VM.
            arguments.AddRange(
            [
                "-add-fd", $"fd={FirstDriveFd + i},set={i}",
                "-drive", $"if=none,id=d{i},file=/dev/fdset/{i},format=raw,"
                    + (drive.IsReadOnly ? "readonly=on" : "auto-read-only=off,cache=unsafe,werror=report,rerror=report,discard=unmap"),
                "-device", $"virtio-blk-device,drive=d{i}",
            ]);
        }

        if (spec.IsIncoming)
        {
            arguments.AddRange(["-incoming", "defer"]);
        }

        return arguments;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
