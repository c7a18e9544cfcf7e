using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Glue.TestKit;

/// <summary>A real <c>glue up</c> on a data folder of the caller's, on free ports; killed with its owner at the latest.</summary>
public sealed class GlueProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly TaskCompletionSource<string> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private GlueProcess(Process process, string dataFolder, string accessKey, string secretKey)
    {
        (_process, DataFolder, AccessKey, SecretKey) = (process, dataFolder, accessKey, secretKey);
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Exited += (_, _) => _ready.TrySetException(new InvalidOperationException("glue up ended before it was ready:\n" + Log));
        process.EnableRaisingEvents = true;
    }

    public string DataFolder { get; }

    public string AccessKey { get; }

    public string SecretKey { get; }

    public string S3 { get; private set; } = "";

    public string Api { get; private set; } = "";

    /// <summary>From the process's start to its <c>ready</c> line.</summary>
    public TimeSpan StartTime { get; private set; }

    public int Id => _process.Id;

    /// <summary>Resident memory of the process, in bytes.</summary>
    public long ResidentBytes
    {
        get
        {
            var line = File.ReadLines($"/proc/{_process.Id}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(6, line.Length - 9).Trim(), CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>What it printed so far.</summary>
    public string Log => string.Join('\n', _lines);

    /// <param name="dataFolder">Made when missing.</param>
    /// <param name="arguments">More of <c>glue up</c>'s.</param>
    public static Task<GlueProcess> StartAsync(string dataFolder, params IEnumerable<string> arguments) => LaunchAsync([], dataFolder, arguments);

    /// <summary>The same with a bound on the managed heap: garbage is collected to stay within it, what is kept beyond it ends in OutOfMemoryException.</summary>
    public static Task<GlueProcess> StartWithinAsync(int heapMiB, string dataFolder, params IEnumerable<string> arguments) =>
        LaunchAsync([$"DOTNET_GCHeapHardLimit={(long)heapMiB << 20:X}"], dataFolder, arguments);

    /// <summary>SIGKILL, as a power cut would end it.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGINT, as Ctrl-C; returns the exit code.</summary>
    public async Task<int> InterruptAsync(TimeSpan limit)
    {
        using var kill = Process.Start("kill", ["-INT", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        await _process.WaitForExitAsync().WaitAsync(limit);
        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            await KillAsync();
        }

        _process.Dispose();
    }

    private static async Task<GlueProcess> LaunchAsync(string[] variables, string dataFolder, IEnumerable<string> arguments)
    {
        const string accessKey = "GLUETESTKEY";
        const string secretKey = "glue-test-secret";

        // A shell ignores SIGINT for what it runs in the background, and children inherit that: Ctrl-C must work here all the same.
        string[] command =
        [
            "env", "--default-signal=INT", .. variables,
            "dotnet", Repository.Artifact("glue/glue.dll"), "up", "--data", dataFolder, "--s3-port", "0", "--api-port", "0", .. arguments,
        ];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["GLUE_ACCESS_KEY"] = accessKey, ["GLUE_SECRET_KEY"] = secretKey },
        };
        var started = Stopwatch.GetTimestamp();
        var glue = new GlueProcess(new Process { StartInfo = start }, dataFolder, accessKey, secretKey);
        glue._process.Start();
        glue._process.BeginOutputReadLine();
        glue._process.BeginErrorReadLine();
        try
        {
            var words = (await glue._ready.Task.WaitAsync(TimeSpan.FromMinutes(2))).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            (glue.S3, glue.Api) = (words[2], words[4]);
            glue.StartTime = Stopwatch.GetElapsedTime(started);
            return glue;
        }
        catch (TimeoutException e)
        {
            await glue.DisposeAsync();
            throw new TimeoutException("glue up was not ready in time:\n" + glue.Log, e);
        }
    }

    private void Keep(string? line)
    {
        if (line is null)
        {
            return;
        }

        _lines.Enqueue(line);
        if (line.StartsWith("ready ", StringComparison.Ordinal))
        {
            _ready.TrySetResult(line);
        }
    }
}
