using System.Globalization;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>Time to <c>ready</c> and resident memory of a stack that nobody uses. Aims: under 2 s and under 150 MB.</summary>
internal static class IdleBench
{
    private const int Starts = 7;

    public static async Task RunAsync()
    {
        using var data = new TempFolder();
        var times = new List<double>();
        var memory = new List<double>();
        for (var start = 0; start < Starts; start++)
        {
            await using var glue = await GlueProcess.StartAsync(data["data"], "--driver", "process");
            times.Add(glue.StartTime.TotalSeconds);
            await Task.Delay(TimeSpan.FromSeconds(3)); // idle is what is measured
            memory.Add(glue.ResidentBytes / 1e6);
        }

        Console.WriteLine("| what | median | min | max |");
        Console.WriteLine("|---|---|---|---|");
        Row("start to ready, first (empty folder), s", times[..1]);
        Row("start to ready, later, s", times[1..]);
        Row("resident memory 3 s after ready, MB", memory);
    }

    private static void Row(string what, List<double> values)
    {
        values.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {values[values.Count / 2]:0.00} | {values[0]:0.00} | {values[^1]:0.00} |"));
    }
}
