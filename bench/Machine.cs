namespace Glue.Bench;

/// <summary>Figures mean nothing without the machine.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(static line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var memory = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (1024.0 * 1024 * 1024);
        return $"{processor ?? "unknown processor"}, {Environment.ProcessorCount} cores, {memory:0} GiB, Linux {Environment.OSVersion.Version}, .NET {Environment.Version}";
    }
}
