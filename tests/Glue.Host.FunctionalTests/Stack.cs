using System.Diagnostics;
using System.Text.Json.Nodes;
using Amazon.S3;
using Glue.Foundation.Signing;

namespace Glue.Host.FunctionalTests;

/// <summary>A running <c>glue up</c> with the process driver, and its users: awscli, boto3, AWSSDK.S3 and glue's own verbs.</summary>
public sealed class Stack : IAsyncDisposable
{
    private readonly GlueProcess _process;

    private Stack(GlueProcess process)
    {
        _process = process;
        Lambda = new LambdaApi(process, new Credential(process.AccessKey, process.SecretKey, "000000000000", "000000000000"));
    }

    public GlueProcess Process => _process;

    public LambdaApi Lambda { get; }

    /// <param name="folder">Holds the data and the settings file.</param>
    /// <param name="settings">As <c>--config</c> takes them; null: retries at once, everything else as it is by default.</param>
    /// <param name="arguments">More of <c>glue up</c>'s.</param>
    public static async Task<Stack> StartAsync(string folder, string? settings = null, params IEnumerable<string> arguments)
    {
        var file = folder + ".json";
        await File.WriteAllTextAsync(file, settings ?? """
            { "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1" } }
            """);
        return new Stack(await GlueProcess.StartAsync(folder, ["--driver", "process", "--config", file, .. arguments]));
    }

    /// <summary>The stack with a bound on its managed heap.</summary>
    public static async Task<Stack> StartWithinAsync(int heapMiB, string folder) => new(await GlueProcess.StartWithinAsync(heapMiB, folder, "--driver", "process"));

    /// <summary>The stack with its event log in Kafka.</summary>
    public static Task<Stack> StartWithKafkaAsync(string folder, KafkaBroker broker) => StartAsync(
        folder,
        $$"""
        {
          "Dispatcher": { "RetryDelays": ["00:00:00.1", "00:00:00.1"], "FirstBackoff": "00:00:00.1" },
          "StorageEvents": { "Kafka": { "Properties": {{KafkaBroker.ClientPropertiesJson}}, "Consumer": { "session.timeout.ms": "2000", "heartbeat.interval.ms": "500" } } }
        }
        """,
        "--event-log", "kafka", "--kafka", broker.BootstrapServers);

    /// <summary><c>aws s3</c>, <c>aws s3api</c>.</summary>
    public Task<Cli.Result> AwsS3Async(params string[] arguments) => Cli.AwsAsync(_process.S3, _process.AccessKey, _process.SecretKey, arguments);

    /// <summary><c>aws lambda</c>.</summary>
    public Task<Cli.Result> AwsLambdaAsync(params string[] arguments) =>
        Cli.AwsAsync(_process.Api, _process.AccessKey, _process.SecretKey, ["lambda", .. arguments]);

    /// <summary>A verb of glue's own on this stack.</summary>
    public Task<Cli.Result> GlueAsync(params string[] arguments) => GlueCli.RunAsync([.. arguments, "--data", _process.DataFolder]);

    /// <summary>A script under boto3; <c>s3</c> and <c>client</c> (Lambda) are there.</summary>
    public async Task<string> BotoAsync(string script) => (await Cli.PythonAsync(
        $"""
        import base64, boto3, json, os
        s3 = boto3.client('s3', endpoint_url='{_process.S3}')
        client = boto3.client('lambda', endpoint_url='{_process.Api}')
        {script}
        """,
        Cli.AwsEnvironment(_process.AccessKey, _process.SecretKey))).Expect();

    public AmazonS3Client Sdk(int retries = 0) => new(_process.AccessKey, _process.SecretKey, new AmazonS3Config
    {
        ServiceURL = _process.S3, ForcePathStyle = true, AuthenticationRegion = "us-east-1", MaxErrorRetry = retries,
    });

    /// <summary>Lets the bucket trigger the function, as the user does it.</summary>
    public async Task AddRuleAsync(string bucket, string function, params string[] arguments) =>
        (await GlueAsync(["rule", "add", bucket, function, .. arguments])).Expect();

    /// <summary>The one invocation that an object caused, when it has come to its end.</summary>
    public async Task<JsonNode> SettledAsync(string bucket, string key) => Assert.Single(await SettledAsync(bucket, key, count: 1))!;

    /// <summary>What an object, or with a null key a whole bucket, caused: as soon as there are so many and all have come to their end.</summary>
    public async Task<JsonArray> SettledAsync(string bucket, string? key, int count)
    {
        var query = $"bucket={bucket}&limit=1000&wait=5" + (key is null ? "" : "&key=" + Uri.EscapeDataString(key));
        JsonArray found = [];
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromSeconds(100);)
        {
            found = await Lambda.InvocationsAsync(query);
            if (found.Count >= count && found.All(static row => (string)row!["state"]! is "succeeded" or "dead"))
            {
                return found;
            }

            if (found.Count < count)
            {
                await Task.Delay(50); // the query waits for the end of what is there, not for what is not there yet
            }
        }

        throw new TimeoutException($"{count} invocations of {bucket}/{key} did not end in time; there are {found.Count}:\n"
            + string.Join('\n', found.Take(20).Select(static row => row!.ToJsonString())) + "\n" + _process.Log);
    }

    /// <summary>Polls with a budget, and shows what the stack said when it is used up.</summary>
    public async Task UntilAsync(Func<Task<bool>> holds, TimeSpan? budget = null)
    {
        var limit = budget ?? TimeSpan.FromSeconds(60);
        for (var clock = Stopwatch.StartNew(); !await holds(); await Task.Delay(50))
        {
            Assert.True(clock.Elapsed < limit, $"it did not come true in {limit}:\n" + _process.Log);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Lambda.Dispose();
        await _process.DisposeAsync();
    }
}
