using System.Diagnostics;
using System.Globalization;
using System.IO.Compression;
using Glue.Contracts.Functions;
using Glue.Contracts.Invocations;
using Glue.TestKit;
using Glue.Workers;
using Glue.Workers.Code;
using Glue.Workers.Drivers.MicroVm;
using Glue.Workers.Images;
using Glue.Workers.Sandboxes;
using Microsoft.Extensions.DependencyInjection;

namespace Glue.Bench;

/// <summary>
/// From a call that finds nothing warm to its answer, by where the sandbox starts from: power-on, base snapshot, function snapshot.
/// The worker alone is measured (no HTTP, no queue). Aims, emulated on 2 cores: function snapshot at p50 node and python 200 ms, C#
/// 125 ms; base snapshot and C# init 400 ms; 25 MB of its own per further idle clone; a warm call 5 ms.
/// </summary>
internal static class ColdStartBench
{
    private const int AtOnce = 20;

    private static readonly List<string> Traces = [];

    /// <summary>For work on one of them: only rows whose name contains it.</summary>
    private static readonly string Only = Environment.GetEnvironmentVariable("GLUE_BENCH_ONLY") ?? "";

    private static readonly int Samples = int.Parse(Environment.GetEnvironmentVariable("GLUE_BENCH_SAMPLES") ?? "50", CultureInfo.InvariantCulture);

    public static async Task RunAsync()
    {
        if (new ImageBuilder(new ImageOptions { Folder = Path.Combine(Repository.Root, "artifacts", "images") }).Find() is not { } image)
        {
            Console.WriteLine("No guest image: ./glue image build.");
            return;
        }

        Console.WriteLine($"Floor, bare `qemu-system-x86_64 -M microvm` to its monitor's greeting: {await BareMonitorAsync():0} ms (median of 10).\n");
        Console.WriteLine("| function | start | p50 ms | p99 ms |");
        Console.WriteLine("|---|---|---|---|");
        foreach (var function in Functions())
        {
            await MeasureAsync(image, function, "boot", SandboxStart.Boot, new MicroVmOptions { UseSnapshots = false }, Math.Min(Samples, 10));
            await MeasureAsync(image, function, "base snapshot", SandboxStart.BaseSnapshot, new MicroVmOptions { UseFunctionSnapshots = false }, Samples);
            await MeasureAsync(image, function, "function snapshot", SandboxStart.FunctionSnapshot, new MicroVmOptions(), Samples);
        }

        await ManyAtOnceAsync(image, Functions()[0]);
        Console.WriteLine("\nStages, median ms of each:\n");
        Traces.ForEach(static trace => Console.WriteLine("- " + trace));
    }

    private static async Task MeasureAsync(GuestImage image, FunctionVersion function, string what, SandboxStart kind, MicroVmOptions options, int samples)
    {
        if (!$"{function.Name} {what}".Contains(Only, StringComparison.Ordinal))
        {
            return;
        }

        await using var bench = await Bench.StartAsync(image, options);
        await bench.ReadyAsync(function, kind);
        var cold = new List<double>();
        var warm = new List<double>();
        var inGuest = new List<double>();
        var processor = new List<double>();
        using var stages = new ColdStartStages();
        for (var i = 0; i < samples; i++)
        {
            cold.Add(await bench.CallAsync(function, kind));
            inGuest.Add(bench.LastDurationMs);
            processor.Add(Children("qemu-system-x86").Max(ProcessorMs)); // one that waits has used less
            for (var j = 0; j < 10; j++)
            {
                warm.Add(await bench.CallAsync(function, SandboxStart.Warm));
            }

            await bench.Worker.RetireAsync(function.Arn[..function.Arn.LastIndexOf(':')], CancellationToken.None);
        }

        Row(function.Name, what, cold);
        if (kind == SandboxStart.FunctionSnapshot)
        {
            Row(function.Name, "warm", warm);
        }

        inGuest.Sort();
        processor.Sort();
        Traces.Add(string.Create(CultureInfo.InvariantCulture, $"{function.Name}, {what}: {stages.Take()}, invocation in the guest {inGuest[inGuest.Count / 2]:0.0}; processor time of the VMM up to the answer {processor[processor.Count / 2]:0}, at best {processor[0]:0}"));
    }

    private static async Task ManyAtOnceAsync(GuestImage image, FunctionVersion function)
    {
        if (!"at once".Contains(Only, StringComparison.Ordinal))
        {
            return;
        }

        await using var bench = await Bench.StartAsync(image, new MicroVmOptions());
        await bench.ReadyAsync(function, SandboxStart.FunctionSnapshot);
        var watch = Stopwatch.StartNew();
        var times = await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => bench.CallAsync(function, null)));
        var total = watch.Elapsed;
        Row(function.Name, $"function snapshot, {AtOnce} at once", [.. times]);
        var vmms = Children("qemu-system-x86");
        var own = vmms.Select(PrivateDirtyMb).Order().ToList();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"\n{vmms.Count / total.TotalSeconds:0.0} VMs/s; private memory per idle clone: median {own[own.Count / 2]:0} MB, largest {own[^1]:0} MB."));
    }

    private static void Row(string function, string what, List<double> times)
    {
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {function} | {what} | {times[times.Count / 2]:0.0} | {times[(int)Math.Ceiling(times.Count * 0.99) - 1]:0.0} |"));
    }

    private static FunctionVersion[] Functions() =>
    [
        Describe("node", "nodejs20.x", "index.handler"),
        Describe("node22", "nodejs22.x", "index.handler"),
        Describe("python", "python3.11", "app.handler"),
        Describe("csharp", "provided.al2023", "any"),
        Describe("dotnet", "dotnet10", "Plain::Plain.Functions::Lengths"),
    ];

    private static FunctionVersion Describe(string name, string runtime, string handler) => new()
    {
        AccountId = "000000000000",
        Name = name,
        Version = "$LATEST",
        Arn = $"arn:aws:lambda:us-east-1:000000000000:function:{name}:$LATEST",
        RevisionId = "1",
        Runtime = runtime,
        Handler = handler,
        Role = "arn:aws:iam::000000000000:role/any",
        CodeSha256 = name,
        MemoryMiB = 256,
        Timeout = TimeSpan.FromSeconds(60),
    };

    private static async Task<double> BareMonitorAsync()
    {
        var times = new List<double>();
        for (var i = 0; i < 10; i++)
        {
            var watch = Stopwatch.StartNew();
            using var qemu = Process.Start(new ProcessStartInfo("qemu-system-x86_64", ["-M", "microvm", "-nodefaults", "-display", "none", "-S", "-qmp", "stdio"])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            })!;
            await qemu.StandardOutput.ReadLineAsync();
            times.Add(watch.Elapsed.TotalMilliseconds);
            qemu.Kill();
            await qemu.WaitForExitAsync();
        }

        times.Sort();
        return times[times.Count / 2];
    }

    private static List<int> Children(string name) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(each => int.TryParse(each, out _)).Where(pid =>
        {
            try
            {
                var stat = File.ReadAllText($"/proc/{pid}/stat");
                var end = stat.LastIndexOf(')');
                return stat[(stat.IndexOf('(') + 1)..end] == name && stat[(end + 2)..].Split(' ')[1] == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false; // ended between the two looks
            }
        }).Select(pid => int.Parse(pid!, CultureInfo.InvariantCulture)),
    ];

    /// <summary>Processor time a process has used, all its threads together.</summary>
    private static double ProcessorMs(int pid) => Directory.EnumerateDirectories($"/proc/{pid}/task")
        .Sum(static task => double.Parse(File.ReadAllText(task + "/schedstat").Split(' ')[0], CultureInfo.InvariantCulture)) / 1e6;

    private static double PrivateDirtyMb(int pid) => File.ReadLines($"/proc/{pid}/smaps_rollup")
        .Where(static line => line.StartsWith("Private_Dirty:", StringComparison.Ordinal))
        .Sum(static line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture)) / 1000;

    /// <summary>A worker on microVMs with the functions in memory.</summary>
    private sealed class Bench : IAsyncDisposable, ICodeSource, IStorageGateway
    {
        private readonly TempFolder _folder = new();
        private ServiceProvider? _services;

        public Worker Worker => _services!.GetRequiredService<WorkerSet>().All[0];

        public static async Task<Bench> StartAsync(GuestImage image, MicroVmOptions options)
        {
            var bench = new Bench();
            var workers = new WorkersOptions
            {
                Folder = bench._folder.Path,
                GuestFolder = Repository.Artifact("guest"),
                InitTimeout = TimeSpan.FromMinutes(1),
                BootTimeout = TimeSpan.FromMinutes(1),
                RoomTimeout = TimeSpan.FromMinutes(5),
            };
            var services = new ServiceCollection().AddLogging();
            services.AddSingleton<ICodeSource>(bench).AddSingleton<IStorageGateway>(bench);
            services.AddSingleton(await MicroVmDrivers.CreateAsync(
                workers, options, image, Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance, TimeProvider.System, CancellationToken.None));
            bench._services = services.AddWorkers(workers).BuildServiceProvider();
            return bench;
        }

        /// <summary>Everything that is made once is there: images, drives, snapshots; and nothing is warm.</summary>
        public async Task ReadyAsync(FunctionVersion function, SandboxStart kind)
        {
            await CallAsync(function, null);
            if (kind == SandboxStart.FunctionSnapshot)
            {
                Worker.Prepare(function);
                var driver = _services!.GetRequiredService<ISandboxDriver>();
                while (driver.NeedsSnapshot(function))
                {
                    await Task.Delay(100);
                }
            }

            await Worker.RetireAsync(function.Arn[..function.Arn.LastIndexOf(':')], CancellationToken.None);
        }

        /// <summary>Of the last call, by the guest's clock: from the event's hand-over to the answer.</summary>
        public double LastDurationMs { get; private set; }

        public async Task<double> CallAsync(FunctionVersion function, SandboxStart? expected)
        {
            var request = new InvokeRequest { RequestId = Guid.NewGuid().ToString(), Payload = "{}"u8.ToArray(), InvokedFunctionArn = function.Arn };
            var begun = Stopwatch.GetTimestamp();
            var outcome = await Worker.InvokeAsync(function, request, CancellationToken.None);
            var time = Stopwatch.GetElapsedTime(begun).TotalMilliseconds;
            LastDurationMs = outcome.Duration.TotalMilliseconds;
            return outcome.Status == InvokeStatus.Succeeded && (expected is null || outcome.Start == expected)
                ? time
                : throw new InvalidOperationException($"{function.Name}: {outcome.Status} {outcome.Start} {outcome.Reason} {System.Text.Encoding.UTF8.GetString(outcome.Payload.Span)}");
        }

        public Task<Stream> OpenAsync(string accountId, string codeSha256, CancellationToken cancellationToken)
        {
            var stream = new MemoryStream();
            using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
            {
                var (name, content) = codeSha256 switch
                {
                    "node" or "node22" => ("index.mjs", "export const handler = async (event) => event;"u8.ToArray()),
                    "dotnet" => ("Plain.dll", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Plain.dll"))),
                    "python" => ("app.py", "def handler(event, context):\n    return event\n"u8.ToArray()),
                    _ => ("bootstrap", File.ReadAllBytes(Repository.Artifact("functions/echo/bootstrap"))),
                };
                var entry = zip.CreateEntry(name);
                entry.ExternalAttributes = (0x8000 | 0b111_101_101) << 16;
                using var body = entry.Open();
                body.Write(content);
            }

            stream.Position = 0;
            return Task.FromResult<Stream>(stream);
        }

        public void Accept(System.IO.Pipelines.IDuplexPipe connection, SandboxIdentity who) => throw new NotSupportedException("Nothing here stores.");

        public Task ServeAsync(System.Net.Sockets.Socket port, SandboxIdentity who, CancellationToken sandboxIsOver) => throw new NotSupportedException("A microVM hands over no port.");

        public async ValueTask DisposeAsync()
        {
            await _services!.DisposeAsync();
            _folder.Dispose();
        }
    }
}
