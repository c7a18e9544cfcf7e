using System.Globalization;
using System.Runtime.Intrinsics.X86;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>
/// The frequency of the host's time stamp counter, which an emulated guest sees unscaled and is told (<see cref="QemuCommand"/>). The
/// guest's timers run by it, and it is part of every snapshot's key: it must be right, and the same at every start. "cpu MHz" of
/// /proc/cpuinfo is neither on a machine whose clock varies, so it comes last, and what was found once is remembered.
/// </summary>
internal static class TimeStampCounter
{
    private const long Fallback = 2_000_000;

    /// <summary>In kHz.</summary>
    /// <param name="memory">The file in which the answer for this processor is remembered.</param>
    /// <param name="find">Finds it out when it is not.</param>
    public static long Khz(string memory, Func<long>? find = null)
    {
        if (Remembered(memory) is { } known)
        {
            return known;
        }

        var found = (find ?? Find)();
        File.WriteAllText(memory, $"{found.ToString(CultureInfo.InvariantCulture)}\n{HostProcessor.Model}\n");
        return found;
    }

    private static long? Remembered(string memory)
    {
        if (!File.Exists(memory))
        {
            return null;
        }

        var text = File.ReadAllText(memory).Split('\n', 2);
        return text.Length == 2 && text[1].TrimEnd('\n') == HostProcessor.Model && long.TryParse(text[0], CultureInfo.InvariantCulture, out var khz) && khz > 0 ? khz : null;
    }

    private static long Find() => OfCpuid() ?? OfNominalClock() ?? OfCpuInfo() ?? Fallback;

    /// <summary>Intel's leaf 15h (crystal × ratio), and leaf 40000010h in which some hypervisors tell their guests.</summary>
    private static long? OfCpuid()
    {
        if (!X86Base.IsSupported)
        {
            return null;
        }

        if (X86Base.CpuId(0, 0).Eax >= 0x15 && X86Base.CpuId(0x15, 0) is var (denominator, numerator, crystalHz, _) && denominator != 0 && numerator != 0 && crystalHz != 0)
        {
            return (long)(uint)crystalHz * (uint)numerator / (uint)denominator / 1000;
        }

        var isGuest = (X86Base.CpuId(1, 0).Ecx & (1 << 31)) != 0;
        return isGuest && (uint)X86Base.CpuId(0x4000_0000, 0).Eax is >= 0x4000_0010 and < 0x4000_1000 && X86Base.CpuId(0x4000_0010, 0).Eax is > 0 and var khz ? khz : null;
    }

    /// <summary>AMD's counter runs at the processor's nominal clock, in MHz here (Linux, Documentation/admin-guide/acpi/cppc_sysfs.rst).</summary>
    private static long? OfNominalClock()
    {
        const string Nominal = "/sys/devices/system/cpu/cpu0/acpi_cppc/nominal_freq";
        return File.Exists(Nominal) && long.TryParse(File.ReadAllText(Nominal), CultureInfo.InvariantCulture, out var mhz) && mhz > 0 ? mhz * 1000 : null;
    }

    private static long? OfCpuInfo()
    {
        foreach (var line in File.ReadLines("/proc/cpuinfo"))
        {
            if (line.StartsWith("cpu MHz", StringComparison.Ordinal)
                && double.TryParse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture, out var mhz))
            {
                return (long)(mhz * 1000);
            }
        }

        return null;
    }
}
