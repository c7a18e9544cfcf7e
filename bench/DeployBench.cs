using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>
/// A large function from CreateFunction to its first answer, a function with 1,000 versions, and a stack with 1,000 functions: time to make and list them,
/// memory, and what they cost while nobody calls them.
/// </summary>
internal static class DeployBench
{
    private const int Runs = 5;
    private const int Functions = 1000;
    private const int Versions = 1000;
    private const int AtOnce = 8;

    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(15);
    private static readonly byte[] Handler = "def handler(event, context):\n    return event\n"u8.ToArray();

    public static async Task RunAsync()
    {
        Console.WriteLine("| what | median | min | max |");
        Console.WriteLine("|---|---|---|---|");
        await WithStackAsync(LargeAsync);
        await WithStackAsync(VersionsAsync);
        await WithStackAsync(ManyAsync); // its memory is not that of the large ones before
    }

    private static async Task WithStackAsync(Func<GlueProcess, LambdaCalls, Task> measure)
    {
        using var data = new TempFolder();
        await using var glue = await GlueProcess.StartAsync(data["data"], "--driver", "process");
        using var lambda = new LambdaCalls(glue);
        await measure(glue, lambda);
    }

    private static async Task LargeAsync(GlueProcess glue, LambdaCalls lambda)
    {
        // As large as a direct upload may be, and not to be compressed.
        var zip = LambdaCalls.Zip(("index.py", Handler), ("data", RandomNumberGenerator.GetBytes(52_000_000)));
        var before = glue.ResidentBytes / 1e6;
        var (created, answered) = (new List<double>(), new List<double>());
        for (var run = 0; run < Runs; run++)
        {
            var clock = Stopwatch.StartNew();
            await lambda.CreateFunctionAsync($"large-{run}", "python3.11", "index.handler", zip);
            created.Add(clock.Elapsed.TotalSeconds);
            await lambda.SendAsync(HttpMethod.Post, $"/2015-03-31/functions/large-{run}/invocations", "{}");
            answered.Add(clock.Elapsed.TotalSeconds);
            await lambda.SendAsync(HttpMethod.Delete, $"/2015-03-31/functions/large-{run}");
        }

        Row(Text($"CreateFunction of a {zip.Length / 1e6:0} MB zip, s"), created);
        Row("from its begin to the first invocation's answer, s", answered);
        Row(Text($"resident memory before {Runs} of these, MB"), [before]);
        Row("resident memory after them, MB", [glue.ResidentBytes / 1e6]);
    }

    /// <summary>Each a change of one setting and its publication.</summary>
    private static async Task VersionsAsync(GlueProcess glue, LambdaCalls lambda)
    {
        const string path = "/2015-03-31/functions/versions/";
        await lambda.CreateFunctionAsync("versions", "python3.11", "index.handler", LambdaCalls.Zip(("index.py", Handler)));
        var published = new List<double>();
        for (var version = 0; version < Versions; version++)
        {
            await lambda.SendAsync(HttpMethod.Put, path + "configuration", Text($$"""{"Description":"{{version}}"}"""));
            var clock = Stopwatch.StartNew();
            await lambda.SendAsync(HttpMethod.Post, path + "versions", "{}");
            published.Add(clock.Elapsed.TotalMilliseconds);
        }

        Row("PublishVersion, the first 100 of a function, ms", published[..100]);
        Row(Text($"PublishVersion, the last 100 of {Versions}, ms"), published[^100..]);
        Row("resident memory with them, MB", [glue.ResidentBytes / 1e6]);
    }

    private static async Task ManyAsync(GlueProcess glue, LambdaCalls lambda)
    {
        var without = (Memory: glue.ResidentBytes / 1e6, Cpu: await IdleCpuAsync(glue));
        var clock = Stopwatch.StartNew();
        await Parallel.ForEachAsync(Enumerable.Range(0, Functions), new ParallelOptions { MaxDegreeOfParallelism = AtOnce }, async (i, _) =>
            await lambda.CreateFunctionAsync(Text($"many-{i:0000}"), "python3.11", "index.handler", LambdaCalls.Zip(("index.py", Handler), ("number", BitConverter.GetBytes(i)))));
        Row(Text($"CreateFunction, {Functions} times by {AtOnce} clients, ms each"), [clock.Elapsed.TotalMilliseconds / Functions]);
        var lists = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            lists.Add(await ListAsync(lambda));
        }

        Row(Text($"ListFunctions of all {Functions}, in pages of 50, ms"), lists);
        var with = (Memory: glue.ResidentBytes / 1e6, Cpu: await IdleCpuAsync(glue));
        Row("resident memory without them, MB", [without.Memory]);
        Row("resident memory with them, MB", [with.Memory]);
        Row("idle without them, % of one processor", [without.Cpu]);
        Row("idle with them, % of one processor", [with.Cpu]);
    }

    private static async Task<double> ListAsync(LambdaCalls lambda)
    {
        var clock = Stopwatch.StartNew();
        var found = 0;
        for (string? marker = ""; marker is not null;)
        {
            var page = JsonNode.Parse(await lambda.SendAsync(HttpMethod.Get, "/2015-03-31/functions" + (marker.Length == 0 ? "" : "?Marker=" + Uri.EscapeDataString(marker))))!;
            found += page["Functions"]!.AsArray().Count;
            marker = (string?)page["NextMarker"];
        }

        return found >= Functions ? clock.Elapsed.TotalMilliseconds : throw new InvalidOperationException($"{found} functions were listed, {Functions} were made");
    }

    /// <summary>After a moment's rest.</summary>
    private static async Task<double> IdleCpuAsync(GlueProcess glue)
    {
        await Task.Delay(Idle / 3);
        using var process = Process.GetProcessById(glue.Id);
        var before = process.TotalProcessorTime;
        await Task.Delay(Idle);
        process.Refresh();
        return (process.TotalProcessorTime - before) / Idle * 100;
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Row(string what, List<double> values)
    {
        values.Sort();
        Console.WriteLine(Text($"| {what} | {values[values.Count / 2]:0.00} | {values[0]:0.00} | {values[^1]:0.00} |"));
    }
}
