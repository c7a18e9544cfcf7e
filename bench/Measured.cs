using System.Globalization;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>What a piece of work cost.</summary>
/// <param name="Seconds">By the clock.</param>
/// <param name="CpuSeconds">User and system, all threads.</param>
/// <param name="PeakMB">Most memory resident.</param>
internal sealed record Measured(double Seconds, double CpuSeconds, double PeakMB)
{
    private const string Script =
        """
        import os, resource, subprocess, sys, time
        start = time.monotonic()
        subprocess.run(['/bin/bash', '-euc', sys.argv[1]], check=True)
        took = time.monotonic() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(took, used.ru_utime + used.ru_stime, used.ru_maxrss / 1000)
        """;

    /// <summary>A shell command in a folder.</summary>
    public static async Task<Measured> CommandAsync(string command, string folder)
    {
        var output = (await Cli.RunAsync("/usr/bin/python3", ["-c", Script, command], folder: folder, limit: TimeSpan.FromMinutes(10))).Expect();
        var numbers = output.Split(' ').Select(static number => double.Parse(number, CultureInfo.InvariantCulture)).ToList();
        return new(numbers[0], numbers[1], numbers[2]);
    }

    public static Measured Median(IEnumerable<Measured> runs)
    {
        var sorted = runs.OrderBy(static run => run.Seconds).ToList();
        return sorted[sorted.Count / 2];
    }
}
