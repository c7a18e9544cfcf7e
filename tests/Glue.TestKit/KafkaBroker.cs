using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Glue.TestKit;

/// <summary>
/// A real Apache Kafka broker (0.9, from the npm package that <c>./glue test</c> fetches) with its ZooKeeper, on free ports and a folder of
/// its own. It knows neither message headers nor timestamps nor idempotent producers, and makes topics by itself when they are asked for.
/// </summary>
public sealed class KafkaBroker : IAsyncDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(90);

    private readonly TempFolder _folder = new();
    private readonly int _port = Ports.Free();
    private readonly int _zooKeeperPort = Ports.Free();
    private readonly ConcurrentQueue<string> _lines = new();
    private Process? _zooKeeper;
    private Process? _broker;

    private KafkaBroker()
    {
    }

    public string BootstrapServers => $"127.0.0.1:{_port}";

    /// <summary>What clients need to speak with a broker this old, as a JSON object of librdkafka properties.</summary>
    public const string ClientPropertiesJson = """{ "api.version.request": "false", "broker.version.fallback": "0.9.0.1" }""";

    /// <inheritdoc cref="ClientPropertiesJson"/>
    public static Dictionary<string, string> ClientProperties { get; } = new()
    {
        ["api.version.request"] = "false",
        ["broker.version.fallback"] = "0.9.0.1",
    };

    private static string ClassPath => Path.Combine(Repository.Artifact("kafka/libs"), "*");

    /// <summary>What both programs printed last.</summary>
    public string Log => string.Join('\n', _lines.TakeLast(100));

    /// <param name="partitions">Of each topic that the broker makes by itself.</param>
    public static async Task<KafkaBroker> StartAsync(int partitions = 1)
    {
        var kafka = new KafkaBroker();
        try
        {
            await kafka.WriteSettingsAsync(partitions);
            kafka._zooKeeper = kafka.Start("-Xmx128m", "org.apache.zookeeper.server.quorum.QuorumPeerMain", "zookeeper.properties");
            await kafka.UntilAsync(async () => (await kafka.AskZooKeeperAsync("ruok")) == "imok", kafka._zooKeeper);
            await kafka.StartBrokerAsync();
            return kafka;
        }
        catch
        {
            await kafka.DisposeAsync();
            throw;
        }
    }

    /// <summary>SIGKILL, as a power cut of the broker's machine; what it had acknowledged is in its page cache and stays.</summary>
    public async Task KillAsync()
    {
        _broker!.Kill();
        await _broker.WaitForExitAsync();
    }

    /// <summary>The broker again, on the same port and data. Call after <see cref="KillAsync"/>.</summary>
    public async Task StartBrokerAsync()
    {
        // A killed broker's registration lives until its session ends; another one under the same id would refuse to start.
        await UntilAsync(async () => !(await AskZooKeeperAsync("dump")).Contains("/brokers/ids/0", StringComparison.Ordinal), _zooKeeper!);
        _broker = Start("-Xmx384m", "kafka.Kafka", "server.properties");
        await UntilAsync(async () => (await AskZooKeeperAsync("dump")).Contains("/brokers/ids/0", StringComparison.Ordinal), _broker);
    }

    /// <summary>A topic with more partitions than the broker gives by itself. It has no call for it yet, only this program.</summary>
    public Task CreateTopicAsync(string name, int partitions) => TopicCommandAsync("--create", name, partitions, "--replication-factor", "1");

    /// <summary>The topic has so many partitions from now on; more than it had.</summary>
    public Task GrowTopicAsync(string name, int partitions) => TopicCommandAsync("--alter", name, partitions);

    public async ValueTask DisposeAsync()
    {
        foreach (var process in new[] { _broker, _zooKeeper })
        {
            if (process is { HasExited: false })
            {
                process.Kill();
                await process.WaitForExitAsync();
            }

            process?.Dispose();
        }

        _folder.Dispose();
    }

    private async Task TopicCommandAsync(string command, string name, int partitions, params string[] more) => (await Cli.RunAsync(
        "java",
        [
            "-Xmx64m", "-cp", ClassPath, "kafka.admin.TopicCommand", "--zookeeper", $"127.0.0.1:{_zooKeeperPort}", command, "--topic", name,
            "--partitions", partitions.ToString(CultureInfo.InvariantCulture), .. more,
        ])).Expect();

    private async Task WriteSettingsAsync(int partitions)
    {
        await File.WriteAllTextAsync(_folder["zookeeper.properties"], $"""
            dataDir={_folder["zookeeper"]}
            clientPortAddress=127.0.0.1
            clientPort={_zooKeeperPort}
            tickTime=500
            maxClientCnxns=0
            """);
        await File.WriteAllTextAsync(_folder["server.properties"], $"""
            broker.id=0
            listeners=PLAINTEXT://127.0.0.1:{_port}
            zookeeper.connect=127.0.0.1:{_zooKeeperPort}
            zookeeper.session.timeout.ms=3000
            log.dirs={_folder["logs"]}
            num.partitions={partitions}
            auto.create.topics.enable=true
            delete.topic.enable=true
            offsets.topic.num.partitions=1
            offsets.topic.replication.factor=1
            group.min.session.timeout.ms=1000
            log.cleaner.enable=false
            """);
    }

    private Process Start(string heap, string main, string settings)
    {
        var process = new Process
        {
            StartInfo = new ProcessStartInfo("java", [heap, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-cp", ClassPath, main, _folder[settings]])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                WorkingDirectory = _folder.Path,
            },
        };
        process.OutputDataReceived += (_, e) => Keep(e.Data);
        process.ErrorDataReceived += (_, e) => Keep(e.Data);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        if (line is not null)
        {
            _lines.Enqueue(line);
        }
    }

    /// <summary>ZooKeeper's four-letter commands; "" while it does not answer.</summary>
    private async Task<string> AskZooKeeperAsync(string command)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, _zooKeeperPort);
            await using var stream = client.GetStream();
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(command));
            using var reader = new StreamReader(stream);
            return await reader.ReadToEndAsync();
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return "";
        }
    }

    private async Task UntilAsync(Func<Task<bool>> holds, Process process)
    {
        for (var clock = Stopwatch.StartNew(); !await holds(); await Task.Delay(50))
        {
            if (process.HasExited || clock.Elapsed > Limit)
            {
                throw new InvalidOperationException(string.Create(
                    CultureInfo.InvariantCulture, $"Kafka's broker did not come up ({(process.HasExited ? $"exit code {process.ExitCode}" : "too slow")}):\n{Log}"));
            }
        }
    }
}
