using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.TestKit;

namespace Glue.Bench;

/// <summary>
/// The built-in functions beside the distribution's tools on the same files, in the same run. A function reads from the store and writes
/// durably into it, through the gateway; a tool reads a file and writes files into the page cache. Functions have two CPUs' worth of memory.
/// </summary>
internal static class FunctionsBench
{
    private const int Runs = 3;
    private const int TwoCpusMiB = 3538;
    private const string Bucket = "bench";

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        await MakeFilesAsync(folder);
        await using var glue = await GlueProcess.StartAsync(folder["data"], "--driver", "process");
        using var lambda = new LambdaCalls(glue);
        using var store = new StoreCalls(glue);
        await store.PutAsync(Bucket, null, []);

        Heading("thumbnail");
        await ConfigureAsync(lambda, "thumbnail", ("SIZE", "256"));
        await FunctionAsync(glue, lambda, store, folder, "thumbnail", "large.jpg", "12 megapixels to 256");
        await ToolAsync(folder, "vipsthumbnail to 256", "vipsthumbnail large.jpg --size 256x256 --eprofile srgb -o out/%s.jpg[Q=80,optimize_coding,strip]");
        await ConfigureAsync(lambda, "thumbnail", ("SIZES", "1024,512,256"));
        await FunctionAsync(glue, lambda, store, folder, "thumbnail", "large.jpg", "12 megapixels to 1024, 512, 256");
        await ToolAsync(folder, "vipsthumbnail, three times", "for s in 1024 512 256; do vipsthumbnail large.jpg --size ${s}x$s --eprofile srgb -o out/%s-$s.jpg[Q=80,optimize_coding,strip]; done");

        Heading("decompress");
        await ConfigureAsync(lambda, "decompress");
        foreach (var name in new[] { "tree.tar.gz", "tree.tar.zst", "tree.zip" })
        {
            await FunctionAsync(glue, lambda, store, folder, "decompress", name, name);
            await ToolAsync(folder, $"bsdtar -xf {name}", $"rm -rf out/t; mkdir out/t; bsdtar -xf {name} -C out/t");
        }

        await FunctionAsync(glue, lambda, store, folder, "decompress", "rows.csv.gz", "rows.csv.gz");
        await ToolAsync(folder, "pigz -dc rows.csv.gz", "pigz -dc rows.csv.gz > out/rows");
        await FunctionAsync(glue, lambda, store, folder, "decompress", "rows.csv.zst", "rows.csv.zst");
        await ToolAsync(folder, "zstd -dc rows.csv.zst", "zstd -qdc rows.csv.zst > out/rows");

        Heading("transform");
        await ConfigureAsync(lambda, "transform", ("TRANSFORM", "output: {format: jsonl}"));
        await FunctionAsync(glue, lambda, store, folder, "transform", "rows.csv", "CSV to JSON lines");
        await ToolAsync(folder, "mlr --icsv --ojsonl cat", "mlr --icsv --ojsonl cat rows.csv > out/rows");
        await ToolAsync(folder, "a loop over Python's csv and json", "python3 -c 'import csv,json,sys; [sys.stdout.write(json.dumps(r)+\"\\n\") for r in csv.DictReader(open(\"rows.csv\"))]' > out/rows");
        await ConfigureAsync(lambda, "transform", ("TRANSFORM", "{steps: [{filter: price > 500}, {derive: {total: price * 2}}], output: {format: jsonl}}"));
        await FunctionAsync(glue, lambda, store, folder, "transform", "rows.jsonl", "JSON lines: filter and derive");
        await ToolAsync(folder, "mlr --jsonl filter then put", "mlr --ijsonl --ojsonl filter '$price > 500' then put '$total = $price * 2' rows.jsonl > out/rows");
        await ToolAsync(folder, "jq select and set", "jq -c 'select(.price > 500) | .total = .price * 2' rows.jsonl > out/rows");
    }

    private static async Task MakeFilesAsync(TempFolder folder) => (await Cli.RunAsync("/bin/bash", ["-euc",
        """
        mkdir out
        convert -size 4000x3000 -seed 1 plasma:fractal -quality 88 large.jpg
        python3 - <<'PY'
        import json, random
        r = random.Random(1)
        with open('rows.csv', 'w') as c, open('rows.jsonl', 'w') as j:
            c.write('id,name,price,note\n')
            for i in range(1000000):
                row = (i, f'name {r.randrange(100000)}', r.randrange(100000) / 100, 'some words, quoted' if i % 3 else 'plain words')
                c.write(f'{row[0]},{row[1]},{row[2]},"{row[3]}"\n'); j.write(json.dumps(dict(zip(('id', 'name', 'price', 'note'), row))) + '\n')
        PY
        gzip -k rows.csv; zstd -qk rows.csv
        mkdir tree; split -n 100 rows.csv tree/csv; split -n 100 rows.jsonl tree/jsonl
        tar -cf tree.tar tree; gzip -k tree.tar; zstd -qk tree.tar; zip -qr tree.zip tree
        """], folder: folder.Path, limit: TimeSpan.FromMinutes(10))).Expect();

    private static void Heading(string function)
    {
        Console.WriteLine($"\n### {function}\n");
        Console.WriteLine("| what | s | CPU s | peak MB |");
        Console.WriteLine("|---|---|---|---|");
    }

    private static async Task ConfigureAsync(LambdaCalls lambda, string function, params (string Name, string Value)[] environment)
    {
        var variables = new JsonObject { ["OUTPUT_PREFIX"] = "out/" };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        var body = new JsonObject { ["MemorySize"] = TwoCpusMiB, ["Timeout"] = 300, ["Environment"] = new JsonObject { ["Variables"] = variables } };
        await lambda.SendAsync(HttpMethod.Put, $"/2015-03-31/functions/{function}/configuration", body.ToJsonString());
    }

    /// <summary>Once to warm up, then the median of some runs.</summary>
    private static async Task FunctionAsync(GlueProcess glue, LambdaCalls lambda, StoreCalls store, TempFolder folder, string function, string file, string what)
    {
        await store.PutAsync(Bucket, $"in/{file}", await File.ReadAllBytesAsync(folder[file]));
        var records = JsonSerializer.Serialize(new
        {
            Records = new[] { new { eventName = "ObjectCreated:Put", s3 = new { bucket = new { name = Bucket }, @object = new { key = $"in/{file}" } } } },
        });
        var path = $"/2015-03-31/functions/{function}/invocations";
        var runs = new List<Measured>();
        for (var run = 0; run <= Runs; run++)
        {
            var before = FunctionProcesses.Read(glue.Id, function);
            var started = Stopwatch.GetTimestamp();
            var answer = await lambda.SendAsync(HttpMethod.Post, path, records);
            if (answer.Contains("errorMessage", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{function} on {file}: {answer}");
            }

            var after = FunctionProcesses.Read(glue.Id, function);
            runs.Add(new(Stopwatch.GetElapsedTime(started).TotalSeconds, after.CpuSeconds - before.CpuSeconds, after.PeakMB));
        }

        Row(what, Measured.Median(runs[1..]));
    }

    private static async Task ToolAsync(TempFolder folder, string what, string command)
    {
        var runs = new List<Measured>();
        for (var run = 0; run < Runs; run++)
        {
            runs.Add(await Measured.CommandAsync(command, folder.Path));
        }

        Row(what, Measured.Median(runs));
    }

    private static void Row(string what, Measured cost) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {cost.Seconds:0.000} | {cost.CpuSeconds:0.00} | {cost.PeakMB:0} |"));
}
