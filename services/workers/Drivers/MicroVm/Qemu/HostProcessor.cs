namespace Glue.Workers.Drivers.MicroVm.Qemu;

/// <summary>What a guest must be told about the host's processor.</summary>
internal static class HostProcessor
{
    /// <summary>Name and features: under KVM a guest's state fits no other processor.</summary>
    public static string Model { get; } = string.Join('\n', File.ReadLines("/proc/cpuinfo")
        .Where(static line => line.StartsWith("model name", StringComparison.Ordinal) || line.StartsWith("flags", StringComparison.Ordinal)).Take(2));
}
