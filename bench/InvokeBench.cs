using System.Diagnostics;
using System.Globalization;
using System.Text;
using Glue.TestKit;
using Glue.Workers.Images;

namespace Glue.Bench;

/// <summary>
/// Warm synchronous invocations of an echo function, for node, python and C#, with 1 and 16 connections, in process sandboxes and in microVMs, beside a bare
/// Kestrel echo in the same run: the ratio is what counts. Aim, of processes: p50 within 6 × of the bare echo, 20 % of its rate at 16.
/// </summary>
internal static class InvokeBench
{
    private const string Body = """{"hello":"world","n":42}""";
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly int[] Connections = [1, 16];

    /// <summary><c>process</c> or <c>microvm</c>: only these.</summary>
    private static readonly string? OnlyDriver = Environment.GetEnvironmentVariable("GLUE_BENCH_DRIVER");

    private static readonly (string Name, string Runtime, string Handler, Func<byte[]> Zip)[] Functions =
    [
        ("node", "nodejs20.x", "index.handler",
            static () => LambdaCalls.Zip(("index.js", "exports.handler = async (event) => event;\n"u8.ToArray()))),
        ("python", "python3.11", "index.handler",
            static () => LambdaCalls.Zip(("index.py", "def handler(event, context):\n    return event\n"u8.ToArray()))),
        ("csharp", "provided.al2023", "bootstrap",
            static () => LambdaCalls.Zip(("bootstrap", File.ReadAllBytes(Repository.Artifact("functions/echo/bootstrap"))))),
    ];

    public static async Task RunAsync()
    {
        using var echo = StartEcho(out var echoUri);
        try
        {
            var bare = new Dictionary<int, WrkResult>();
            foreach (var connections in Connections)
            {
                bare[connections] = await MeasureAsync(echoUri, new Dictionary<string, string>(), connections);
            }

            foreach (var driver in Drivers())
            {
                await InvokeAsync(driver, bare);
            }
        }
        finally
        {
            echo.Kill();
        }
    }

    private static IEnumerable<string> Drivers()
    {
        if (OnlyDriver != "microvm")
        {
            yield return "process";
        }

        if (OnlyDriver == "process")
        {
            yield break;
        }

        if (new ImageBuilder(new ImageOptions { Folder = Path.Combine(Repository.Root, "artifacts", "images") }).Find() is not null)
        {
            yield return "microvm";
        }
        else
        {
            Console.WriteLine("No guest image, so no microVMs: ./glue image build.");
        }
    }

    private static async Task InvokeAsync(string driver, Dictionary<int, WrkResult> bare)
    {
        using var data = new TempFolder();
        await using var glue = await GlueProcess.StartAsync(data["data"], "--driver", driver);
        using var lambda = new LambdaCalls(glue);
        foreach (var (name, runtime, handler, zip) in Functions)
        {
            await lambda.CreateFunctionAsync(name, runtime, handler, zip());
            await lambda.SendAsync(HttpMethod.Post, $"/2015-03-31/functions/{name}/invocations", Body);
        }

        var isEmulated = glue.Log.Contains("Guests are emulated", StringComparison.Ordinal);
        Console.WriteLine($"\nDriver {driver}{(driver == "process" ? "" : isEmulated ? ", emulated (`-accel tcg`)" : ", KVM")}:\n");
        Console.WriteLine("| what | connections | p50 ms | p99 ms | per second | p50 ratio | rate ratio | errors |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|");
        foreach (var connections in Connections)
        {
            Row("bare Kestrel echo", connections, bare[connections], bare[connections]);
            foreach (var (name, _, _, _) in Functions)
            {
                var result = await MeasureAsync(LambdaCalls.InvokeUri(glue, name), lambda.SignedInvoke(name, Body), connections);
                Row($"invoke {name}, {driver}", connections, result, bare[connections]);
            }
        }
    }

    private static async Task<WrkResult> MeasureAsync(Uri uri, IReadOnlyDictionary<string, string> headers, int connections)
    {
        await Wrk.RunAsync(uri, "POST", headers, Body, connections, WarmUp);
        return await Wrk.RunAsync(uri, "POST", headers, Body, connections, Duration);
    }

    private static Process StartEcho(out Uri uri)
    {
        var port = FreePort();
        uri = new Uri($"http://127.0.0.1:{port}/");
        var process = Process.Start(new ProcessStartInfo(
            "dotnet", [typeof(InvokeBench).Assembly.Location, "kestrel-echo", port.ToString(CultureInfo.InvariantCulture)]) { UseShellExecute = false })!;
        using var http = new HttpClient();
        for (var tries = 0; tries < 100; tries++)
        {
            try
            {
                using var answer = http.Send(new HttpRequestMessage(HttpMethod.Post, uri) { Content = new StringContent(Body, Encoding.UTF8) });
                return process;
            }
            catch (HttpRequestException) when (!process.HasExited)
            {
                process.WaitForExit(50); // not listening yet
            }
        }

        process.Kill();
        throw new InvalidOperationException("the bare echo did not start");
    }

    private static int FreePort()
    {
        using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return ((System.Net.IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void Row(string what, int connections, WrkResult result, WrkResult bare) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
        $"| {what} | {connections} | {result.P50:0.000} | {result.P99:0.000} | {result.PerSecond:0} | {result.P50 / bare.P50:0.0} × | {100 * result.PerSecond / bare.PerSecond:0} % | {result.Errors} |"));
}
