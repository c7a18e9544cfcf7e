using System.Globalization;
using System.Runtime.InteropServices;

namespace Glue.Bench;

/// <summary>The functions' own processes below a stack: their CPU time and memory, from /proc.</summary>
internal static partial class FunctionProcesses
{
    private const int ClockTicks = 2; // _SC_CLK_TCK

    private static readonly double TicksPerSecond = SysConf(ClockTicks);

    /// <summary>CPU seconds and peak resident MB of one function's processes below the stack's.</summary>
    public static (double CpuSeconds, double PeakMB) Read(int root, string function)
    {
        var parents = new Dictionary<int, int>();
        var functions = new List<(int Id, double Cpu)>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var id) || ReadStat(folder) is not { } stat)
            {
                continue;
            }

            parents[id] = int.Parse(stat.Fields[1], CultureInfo.InvariantCulture);
            if (stat.Name == "bootstrap")
            {
                functions.Add((id, (double.Parse(stat.Fields[11], CultureInfo.InvariantCulture) + double.Parse(stat.Fields[12], CultureInfo.InvariantCulture)) / TicksPerSecond));
            }
        }

        var below = functions.Where(process => IsBelow(process.Id, root, parents) && IsOf(process.Id, function)).ToList();
        return (below.Sum(static process => process.Cpu), below.Select(static process => PeakMB(process.Id)).DefaultIfEmpty().Max());
    }

    private static bool IsBelow(int id, int root, Dictionary<int, int> parents)
    {
        while (id > 1 && id != root)
        {
            id = parents.GetValueOrDefault(id);
        }

        return id == root;
    }

    private static bool IsOf(int id, string function) =>
        File.ReadAllText($"/proc/{id}/environ").Split('\0').Contains($"AWS_LAMBDA_FUNCTION_NAME={function}", StringComparer.Ordinal);

    /// <summary>The name, and the fields behind it: state, parent, …; utime and stime are the 12th and 13th (proc(5)).</summary>
    private static (string Name, string[] Fields)? ReadStat(string folder)
    {
        try
        {
            var stat = File.ReadAllText(folder + "/stat");
            var (open, close) = (stat.IndexOf('('), stat.LastIndexOf(')'));
            return (stat[(open + 1)..close], stat[(close + 2)..].Split(' '));
        }
        catch (IOException)
        {
            return null; // it ended meanwhile
        }
    }

    private static double PeakMB(int id)
    {
        var line = File.ReadLines($"/proc/{id}/status").First(static line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.AsSpan(6, line.Length - 9), CultureInfo.InvariantCulture) * 1024 / 1e6;
    }

    [LibraryImport("libc", EntryPoint = "sysconf")]
    private static partial long SysConf(int name);
}
