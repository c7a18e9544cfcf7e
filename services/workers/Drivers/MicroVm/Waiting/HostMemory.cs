using System.Globalization;

namespace Glue.Workers.Drivers.MicroVm.Waiting;

/// <summary>How the machine stands with memory.</summary>
internal static class HostMemory
{
    /// <summary>Less than a sixteenth is left: what only saves time must go.</summary>
    public static bool IsShort()
    {
        long total = 0, available = long.MaxValue;
        foreach (var line in File.ReadLines("/proc/meminfo"))
        {
            if (line.StartsWith("MemTotal:", StringComparison.Ordinal))
            {
                total = Kibibytes(line);
            }
            else if (line.StartsWith("MemAvailable:", StringComparison.Ordinal))
            {
                available = Kibibytes(line);
                break;
            }
        }

        return available < total / 16;
    }

    private static long Kibibytes(string line) => long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture);
}
