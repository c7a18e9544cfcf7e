using System.Globalization;

namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>What a guest must be told about the host's processor.</summary>
internal static class HostProcessor
{
    /// <summary>Name and features: under KVM a guest's state fits no other processor.</summary>
    public static string Model { get; } = string.Join('\n', File.ReadLines("/proc/cpuinfo")
        .Where(static line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("flags", StringComparison.Ordinal)).Take(2));

    /// <summary>
    /// The frequency of the time stamp counter in kHz, which an emulated guest sees unscaled. From "cpu MHz" of /proc/cpuinfo: on
    /// machines with a variable clock that is only near it, and the guest's clock is set anew at every start anyway.
    /// </summary>
    public static long TscKhz()
    {
        foreach (var line in File.ReadLines("/proc/cpuinfo"))
        {
            if (line.StartsWith("cpu MHz", StringComparison.Ordinal)
                && double.TryParse(line.AsSpan(line.IndexOf(':', StringComparison.Ordinal) + 1), CultureInfo.InvariantCulture, out var mhz))
            {
                return (long)(mhz * 1000);
            }
        }

        return 2_000_000;
    }
}
