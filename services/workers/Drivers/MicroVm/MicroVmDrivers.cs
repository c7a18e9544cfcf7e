using Glue.Workers.Drivers.MicroVm.Probe;
using Glue.Workers.Drivers.MicroVm.Qemu;
using Glue.Workers.Drivers.Process;
using Glue.Workers.Images;
using Glue.Workers.Runtimes;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.Logging;

namespace Glue.Workers.Drivers.MicroVm;

/// <summary>Makes the microVM driver; everything about this machine that it depends on is found out here.</summary>
public static class MicroVmDrivers
{
    /// <summary>Whether the VMM is installed.</summary>
    public static bool IsInstalled => QemuProgram.Version.Length > 0;

    /// <summary>Makes the driver. Quick, except the first time after a boot of a machine with /dev/kvm: then guests are tried on it, a few seconds.</summary>
    /// <param name="workers">Folder and agent.</param>
    /// <param name="options">How guests run.</param>
    /// <param name="image">What they boot (<see cref="ImageBuilder"/>).</param>
    /// <param name="logs">For the driver's log.</param>
    /// <param name="time">Clock.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="SandboxStartException">It cannot work here, and why: no VMM, or KVM demanded and not usable.</exception>
    public static async Task<ISandboxDriver> CreateAsync(
        WorkersOptions workers, MicroVmOptions options, GuestImage image, ILoggerFactory logs, TimeProvider time, CancellationToken cancellationToken)
    {
        if (!IsInstalled)
        {
            throw new SandboxStartException($"{QemuCommand.Program} is missing: apt-get install qemu-system-x86.");
        }

        var logger = logs.CreateLogger<MicroVmDriver>();
        var folder = Path.Combine(Path.GetFullPath(workers.Folder), "microvm");
        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        var cgroups = ProcessProbe.OpenCgroups(out var cgroupFinding);
        var agent = Path.Combine(Path.GetFullPath(workers.GuestFolder), "glue-agent");
        var jailFinding = JailProbe.Run(agent, out var walls);
        var jail = new VmJail(agent, new UserSlots(workers.FirstUserId), cgroups, walls);
        var parts = GuestParts.Open(image, workers.GuestFolder);
        var tscKhz = TimeStampCounter.Khz(Path.Combine(folder, "tsc-khz"));
        var kvm = options.Accelerator == AcceleratorChoice.Tcg
            ? new KvmVerdict("", false, "Emulation was asked for.")
            : await ProbeAsync(parts, tscKhz, folder, options, jail, time, logger, cancellationToken);
        if (!kvm.IsUsable && options.Accelerator == AcceleratorChoice.Kvm)
        {
            parts.Dispose();
            throw new SandboxStartException($"KVM was asked for and does not work here. {kvm.Reason}");
        }

        var launcher = new VmLauncher(parts, kvm.IsUsable ? Accelerator.Kvm : Accelerator.Tcg, tscKhz, options, jail, time, logger);
        var findings = new List<SandboxFinding>
        {
            new("qemu", true, QemuProgram.Version),
            new("image", true, $"Linux {image.KernelRelease}, node {image.NodeVersion}, python {image.PythonVersion} ({image.Digest[..12]})"),
            new("acceleration", kvm.IsUsable || options.Accelerator == AcceleratorChoice.Tcg,
                kvm.IsUsable ? kvm.Reason : $"{kvm.Reason} Guests are emulated: five to ten times slower."),
            cgroupFinding,
            jailFinding,
        };
        foreach (var finding in findings.Where(static each => !each.IsGood))
        {
            Glue.Workers.Log.DriverFinding(logger, "microvm", finding.Name, finding.Text);
        }

        var runtimes = new RuntimeCatalog([.. image.Interpreters, .. InterpreterSearch.Installed(workers)], workers.Interpreters);
        return new MicroVmDriver(launcher, folder, new SandboxSupport("microvm", true, findings), runtimes, time, logger);
    }

    private static async Task<KvmVerdict> ProbeAsync(
        GuestParts parts, long tscKhz, string folder, MicroVmOptions options, VmJail jail, TimeProvider time, ILogger logger, CancellationToken cancellationToken)
    {
        using var launcher = new VmLauncher(parts, Accelerator.Kvm, tscKhz, options with { BootAttempts = 1 }, jail, time, logger);
        return await KvmProbe.RunAsync(launcher, Path.Combine(folder, "kvm.json"), cancellationToken);
    }
}
