using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>
/// From put to thumbnail: 2,000 pictures of 640 × 480 put by 8 clients, beside vipsthumbnail on the same files; then one picture of
/// 12 megapixels, warm. The time of one picture runs from the start of its PUT to the end of its invocation in the ledger (both
/// clocks are this machine's).
/// </summary>
internal static class PipelineBench
{
    private const int Pictures = 2000;
    private const int Distinct = 40;
    private const int Clients = 8;
    private const string Bucket = "bench";

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        var small = MakePictures(folder, "small", "640x480", Distinct);
        var large = MakePictures(folder, "large", "4000x3000", 1)[0];
        Directory.CreateDirectory(folder["out"]);

        await using var glue = await GlueProcess.StartAsync(folder["data"], "--driver", "process");
        using var lambda = new LambdaCalls(glue);
        using var store = new StoreCalls(glue);
        await store.PutAsync(Bucket, null, []);
        await AddRuleAsync(glue);

        // Warm up: sandboxes started, code paths compiled.
        await PutAllAsync(store, small, "in/warm-up/", 64);
        await SettledAsync(lambda, 64);

        var started = Stopwatch.GetTimestamp();
        var puts = await PutAllAsync(store, small, "in/run/", Pictures);
        var putTime = Stopwatch.GetElapsedTime(started);
        var rows = await SettledAsync(lambda, 64 + Pictures);
        var pipelineTime = Stopwatch.GetElapsedTime(started);

        Console.WriteLine($"{Pictures} pictures of {new FileInfo(small[0]).Length / 1024} KiB, {Clients} clients\n");
        Console.WriteLine("| what | p50 ms | p99 ms | per second |");
        Console.WriteLine("|---|---|---|---|");
        Row("put (durable)", [.. puts.Values.Select(static put => put.Took.TotalMilliseconds)], Pictures / putTime.TotalSeconds);
        var inRun = rows.Where(row => puts.ContainsKey(row.Key)).ToList();
        Row("put to thumbnail", [.. inRun.Select(row => (row.FinishedAt - puts[row.Key].At).TotalMilliseconds)], Pictures / pipelineTime.TotalSeconds);
        Row("the function alone", [.. inRun.Select(static row => row.DurationMs)], null);
        Row("vipsthumbnail, a process per file, 2 at once", null, Pictures / Vipsthumbnail(small, folder["out"], filesPerProcess: 1).TotalSeconds);
        Row("vipsthumbnail, all files in two processes", null, Pictures / Vipsthumbnail(small, folder["out"], filesPerProcess: Pictures / 2).TotalSeconds);
        var failed = rows.Count(static row => row.State != "succeeded");
        Console.WriteLine($"\nnot succeeded: {failed}");

        Console.WriteLine("\n12 megapixels to 256 px\n");
        Console.WriteLine("| what | median ms |");
        Console.WriteLine("|---|---|");
        var warm = new List<double>();
        for (var n = 0; n < 11; n++)
        {
            await store.PutAsync(Bucket, $"in/large/{n}.jpg", await File.ReadAllBytesAsync(large));
            rows = await SettledAsync(lambda, 64 + Pictures + n + 1);
            warm.Add(rows.First(row => row.Key == $"in/large/{n}.jpg").DurationMs);
        }

        warm.Sort();
        var processes = Enumerable.Range(0, 11).Select(_ => Vipsthumbnail([large], folder["out"], 1, copies: 1).TotalMilliseconds).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| the function, warm | {warm[5]:0.0} |\n| a vipsthumbnail process | {processes[5]:0.0} |"));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"\nresident memory of the stack afterwards: {glue.ResidentBytes / 1e6:0} MB (without sandboxes)"));
    }

    /// <summary>Photographs compress badly and have no flat areas; ImageMagick's plasma comes near.</summary>
    private static List<string> MakePictures(TempFolder folder, string name, string size, int count)
    {
        var files = new List<string>();
        for (var n = 0; n < count; n++)
        {
            var file = folder[$"{name}-{n}.jpg"];
            Run("convert", "-size", size, "-seed", (n + 1).ToString(CultureInfo.InvariantCulture), "plasma:fractal", "-quality", "88", file);
            files.Add(file);
        }

        return files;
    }

    private static async Task<ConcurrentDictionary<string, (DateTimeOffset At, TimeSpan Took)>> PutAllAsync(
        StoreCalls store, List<string> files, string prefix, int count)
    {
        var bodies = files.Select(File.ReadAllBytes).ToArray();
        var puts = new ConcurrentDictionary<string, (DateTimeOffset, TimeSpan)>();
        var next = -1;
        await Task.WhenAll(Enumerable.Range(0, Clients).Select(async _ =>
        {
            for (int n; (n = Interlocked.Increment(ref next)) < count;)
            {
                var key = $"{prefix}{n:0000}.jpg";
                var (at, started) = (DateTimeOffset.UtcNow, Stopwatch.GetTimestamp());
                await store.PutAsync(Bucket, key, bodies[n % bodies.Length]);
                puts[key] = (at, Stopwatch.GetElapsedTime(started));
            }
        }));
        return puts;
    }

    private static async Task AddRuleAsync(GlueProcess glue)
    {
        var result = await Cli.RunAsync("dotnet",
            [Repository.Artifact("glue/glue.dll"), "rule", "add", Bucket, "thumbnail", "--prefix", "in/", "--data", glue.DataFolder]);
        result.Expect();
    }

    /// <summary>Waits until the ledger holds that many settled invocations, and reads them all.</summary>
    private static async Task<List<LedgerRow>> SettledAsync(LambdaCalls lambda, int count)
    {
        while (true)
        {
            // The newest rows decide whether all is done; the whole ledger is read once at the end.
            using var newest = JsonDocument.Parse(await lambda.SendAsync(HttpMethod.Get, "/glue/v1/invocations?limit=1000&wait=5"));
            var unsettled = newest.RootElement.GetProperty("invocations").EnumerateArray()
                .Count(static row => row.GetProperty("state").GetString() is not ("succeeded" or "dead"));
            if (unsettled > 0)
            {
                continue;
            }

            var rows = await LedgerRow.ReadAllAsync(lambda);
            if (rows.Count >= count && rows.All(static row => row.State is "succeeded" or "dead"))
            {
                return rows;
            }
        }
    }

    private static TimeSpan Vipsthumbnail(List<string> files, string output, int filesPerProcess, int copies = Pictures)
    {
        var list = Path.GetTempFileName();
        File.WriteAllLines(list, Enumerable.Range(0, copies).Select(n => files[n % files.Count]));
        var started = Stopwatch.GetTimestamp();
        Run("sh", "-c", $"xargs -P2 -n{filesPerProcess} vipsthumbnail --vips-concurrency=1 -s 256 -o {output}/%s.jpg < {list}");
        var took = Stopwatch.GetElapsedTime(started);
        File.Delete(list);
        return took;
    }

    private static void Run(string file, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(file, arguments) { UseShellExecute = false })!;
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{file} ended with {process.ExitCode}");
        }
    }

    private static void Row(string what, double[]? milliseconds, double? perSecond)
    {
        static string Show(double? value, string format) => value?.ToString(format, CultureInfo.InvariantCulture) ?? "";
        Array.Sort(milliseconds ?? []);
        Console.WriteLine($"| {what} | {Show(milliseconds?[milliseconds.Length / 2], "0.0")} | {Show(milliseconds?[(int)(milliseconds.Length * 0.99)], "0.0")} | {Show(perSecond, "0")} |");
    }
}
