using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Glue.TestKit;
using Glue.Workers.Images;

namespace Glue.Bench;

/// <summary>
/// The built-in functions beside the distribution's tools on the same files, in the same run, in process sandboxes and in microVMs. A
/// function reads from the store and writes durably into it, through the gateway; a tool reads a file and writes files into the page
/// cache, but for those that say that they sync. Functions have two CPUs' worth of memory.
/// </summary>
internal static class FunctionsBench
{
    private const int Runs = 3;

    // A host that has just started compiles its ways while it is measured; one that has run for a minute does not. An emulated microVM takes seconds a run, of which that is little.
    private const int ProcessWarmUps = 6;
    private const int MicroVmWarmUps = 1;
    private const int TwoCpusMiB = 3538;
    private const string Bucket = "bench";

    private static readonly (string Name, string Value)[] None = [];

    /// <summary>A name: only this function is measured. Emulated, all of them take half an hour.</summary>
    private static readonly string? Only = Environment.GetEnvironmentVariable("GLUE_BENCH_FUNCTION");

    /// <summary><c>process</c>: without microVMs.</summary>
    private static readonly bool WithMicroVms = Environment.GetEnvironmentVariable("GLUE_BENCH_DRIVER") != "process";

    private static readonly Case[] Cases =
    [
        new("thumbnail", "12 megapixels to 256", "large.jpg", [("SIZE", "256")],
            new Tool("vipsthumbnail", "vipsthumbnail large.jpg --size 256x256 -o out/%s.jpg[Q=80,optimize_coding,strip]")),
        new("thumbnail", "12 megapixels to 1024, 512, 256", "large.jpg", [("SIZES", "1024,512,256")],
            new Tool("vipsthumbnail, three times", "for s in 1024 512 256; do vipsthumbnail large.jpg --size ${s}x$s -o out/%s-$s.jpg[Q=80,optimize_coding,strip]; done")),
        Archive("tree.tar.gz"),
        Archive("tree.tar.zst"),
        Archive("tree.zip"),
        Archive("small.tar.gz"),
        new("decompress", "rows.csv.gz", "rows.csv.gz", None, new Tool("pigz -dc", "pigz -dc rows.csv.gz > out/rows"), new Tool("pigz -dc, synced", "pigz -dc rows.csv.gz > out/rows; sync out/rows")),
        new("decompress", "rows.csv.zst", "rows.csv.zst", None, new Tool("zstd -dc", "zstd -qdc rows.csv.zst > out/rows"), new Tool("zstd -dc, synced", "zstd -qdc rows.csv.zst > out/rows; sync out/rows")),
        new("transform", "CSV to JSON lines", "rows.csv", [("TRANSFORM", "output: {format: jsonl}")],
            new Tool("mlr --icsv --ojsonl cat", "mlr --icsv --ojsonl cat rows.csv > out/rows"),
            new Tool("a loop over Python's csv and json", "python3 -c 'import csv,json,sys; [sys.stdout.write(json.dumps(r)+\"\\n\") for r in csv.DictReader(open(\"rows.csv\"))]' > out/rows")),
        new("transform", "JSON lines: filter and derive", "rows.jsonl", [("TRANSFORM", "{steps: [{filter: price > 500}, {derive: {total: price * 2}}], output: {format: jsonl}}")],
            new Tool("mlr filter then put", "mlr --ijsonl --ojsonl filter '$price > 500' then put '$total = $price * 2' rows.jsonl > out/rows"),
            new Tool("jq select and set", "jq -c 'select(.price > 500) | .total = .price * 2' rows.jsonl > out/rows")),
        new("transform", "a recording to 360 lines of H.264", "clip.mov", [("MEDIA", "mp4-360")],
            new Tool("ffmpeg", "ffmpeg -v error -y -i clip.mov -c:v libx264 -preset veryfast -crf 23 -pix_fmt yuv420p -threads:v 4 -vf scale=-2:360 -c:a aac -b:a 128k -movflags +faststart out/clip.mp4")),
    ];

    public static async Task RunAsync()
    {
        using var folder = new TempFolder();
        await MakeFilesAsync(folder);
        var inProcesses = await FunctionsAsync(folder, "process", withTools: true);
        var hasImage = new ImageBuilder(new ImageOptions { Folder = Path.Combine(Repository.Root, "artifacts", "images") }).Find() is not null;
        var inMicroVms = hasImage && WithMicroVms ? await FunctionsAsync(folder, "microvm", withTools: false) : [];
        Console.WriteLine("| what | s | CPU s | peak MB | speed of the function, to this |");
        Console.WriteLine("|---|---|---|---|---|");
        foreach (var (each, (function, tools)) in inProcesses)
        {
            Row($"**{each.Function}: {each.What}**, process", function, null);
            if (inMicroVms.TryGetValue(each, out var microVm))
            {
                // What happens inside a VM is not the host's to see: neither CPU nor memory of the function.
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| the same, microVM | {microVm.Function.Seconds:0.000} | | | |"));
            }

            for (var i = 0; i < tools.Count; i++)
            {
                Row(each.Tools[i].Name, tools[i], tools[i].Seconds / function.Seconds);
            }
        }
    }

    /// <summary>Beside bsdtar itself: what does as much durable work, and what puts the members into the same store.</summary>
    private static Case Archive(string name) => new(
        "decompress", name, name, None,
        new Tool("bsdtar -xf", Extract(name)),
        new Tool("bsdtar -xf, each file synced", $"{Extract(name)}; find out/t -type f -exec sync {{}} +"),
        new Tool("bsdtar -xf, rclone into the same store", $"{Extract(name)}; rclone copy out/t :s3:{Bucket}/rclone --transfers 16 --no-check-dest --s3-no-check-bucket -q"));

    private static string Extract(string name) => $"rm -rf out/t; mkdir out/t; bsdtar -xf {name} -C out/t";

    private static async Task MakeFilesAsync(TempFolder folder) => (await Cli.RunAsync("/bin/bash", ["-euc",
        """
        mkdir out
        convert -size 4000x3000 -seed 1 plasma:fractal -quality 88 large.jpg
        python3 - <<'PY'
        import json, os, random
        r = random.Random(1)
        with open('rows.csv', 'w') as c, open('rows.jsonl', 'w') as j:
            c.write('id,name,price,note\n')
            for i in range(1000000):
                row = (i, f'name {r.randrange(100000)}', r.randrange(100000) / 100, 'some words, quoted' if i % 3 else 'plain words')
                c.write(f'{row[0]},{row[1]},{row[2]},"{row[3]}"\n'); j.write(json.dumps(dict(zip(('id', 'name', 'price', 'note'), row))) + '\n')
        os.mkdir('small')
        for i in range(2000):
            with open(f'small/{i}.txt', 'w') as f: f.write(' '.join(str(r.random()) for _ in range(r.randrange(20, 500))))
        PY
        gzip -k rows.csv; zstd -qk rows.csv
        mkdir tree; split -n 100 rows.csv tree/csv; split -n 100 rows.jsonl tree/jsonl
        tar -cf tree.tar tree; gzip -k tree.tar; zstd -qk tree.tar; zip -qr tree.zip tree
        tar -czf small.tar.gz small
        ffmpeg -v error -f lavfi -i testsrc=duration=5:size=1280x720:rate=25 -f lavfi -i sine=duration=5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac clip.mov
        """], folder: folder.Path, limit: TimeSpan.FromMinutes(10))).Expect();

    private static async Task<Dictionary<Case, (Measured Function, List<Measured> Tools)>> FunctionsAsync(TempFolder folder, string driver, bool withTools)
    {
        await using var glue = await GlueProcess.StartAsync(folder["data-" + driver], "--driver", driver);
        using var lambda = new LambdaCalls(glue);
        using var store = new StoreCalls(glue);
        await store.PutAsync(Bucket, null, []);
        var measured = new Dictionary<Case, (Measured, List<Measured>)>();
        foreach (var each in Cases.Where(static each => Only is null || each.Function == Only))
        {
            Console.Error.WriteLine($"{driver}: {each.Function}, {each.What} ...");
            await ConfigureAsync(lambda, each.Function, each.Environment);
            var function = await FunctionAsync(glue, lambda, store, folder, each, driver == "process" ? ProcessWarmUps : MicroVmWarmUps);
            var tools = new List<Measured>();
            foreach (var tool in withTools ? each.Tools : [])
            {
                tools.Add(await ToolAsync(folder, tool.Command, glue));
            }

            measured[each] = (function, tools);
        }

        return measured;
    }

    private static async Task ConfigureAsync(LambdaCalls lambda, string function, (string Name, string Value)[] environment)
    {
        var variables = new JsonObject { ["OUTPUT_PREFIX"] = "out/" };
        foreach (var (name, value) in environment)
        {
            variables[name] = value;
        }

        var body = new JsonObject { ["MemorySize"] = TwoCpusMiB, ["Timeout"] = 300, ["Environment"] = new JsonObject { ["Variables"] = variables } };
        await lambda.SendAsync(HttpMethod.Put, $"/2015-03-31/functions/{function}/configuration", body.ToJsonString());
    }

    /// <summary>The median of some runs after those that warm up.</summary>
    private static async Task<Measured> FunctionAsync(GlueProcess glue, LambdaCalls lambda, StoreCalls store, TempFolder folder, Case each, int warmUps)
    {
        await store.PutAsync(Bucket, $"in/{each.File}", await File.ReadAllBytesAsync(folder[each.File]));
        var records = JsonSerializer.Serialize(new
        {
            Records = new[] { new { eventName = "ObjectCreated:Put", s3 = new { bucket = new { name = Bucket }, @object = new { key = $"in/{each.File}" } } } },
        });
        var path = $"/2015-03-31/functions/{each.Function}/invocations";
        var runs = new List<Measured>();
        for (var run = 0; run < warmUps + Runs; run++)
        {
            var before = FunctionProcesses.Read(glue.Id, each.Function);
            var started = Stopwatch.GetTimestamp();
            var answer = await lambda.SendAsync(HttpMethod.Post, path, records);
            if (answer.Contains("errorMessage", StringComparison.Ordinal))
            {
                throw new InvalidOperationException($"{each.Function} on {each.File}: {answer}");
            }

            var after = FunctionProcesses.Read(glue.Id, each.Function);
            runs.Add(new(Stopwatch.GetElapsedTime(started).TotalSeconds, after.CpuSeconds - before.CpuSeconds, after.PeakMB));
        }

        return Measured.Median(runs[warmUps..]);
    }

    private static async Task<Measured> ToolAsync(TempFolder folder, string command, GlueProcess glue)
    {
        // Whoever set a certificate bundle for his own needs has not meant a store on loopback; rclone stops at one.
        var environment = $"unset AWS_CA_BUNDLE; export RCLONE_S3_PROVIDER=Other RCLONE_S3_ENDPOINT={glue.S3} RCLONE_S3_ACCESS_KEY_ID={glue.AccessKey} RCLONE_S3_SECRET_ACCESS_KEY={glue.SecretKey} RCLONE_CONFIG=/dev/null; ";
        var runs = new List<Measured>();
        for (var run = 0; run < Runs; run++)
        {
            runs.Add(await Measured.CommandAsync(environment + command, folder.Path));
        }

        return Measured.Median(runs);
    }

    private static void Row(string what, Measured cost, double? ratio) => Console.WriteLine(string.Create(
        CultureInfo.InvariantCulture, $"| {what} | {cost.Seconds:0.000} | {cost.CpuSeconds:0.00} | {cost.PeakMB:0} | {(ratio is { } times ? $"{times:0.00} ×" : "")} |"));

    private sealed record Tool(string Name, string Command);

    private sealed record Case(string Function, string What, string File, (string Name, string Value)[] Environment, params Tool[] Tools);
}
