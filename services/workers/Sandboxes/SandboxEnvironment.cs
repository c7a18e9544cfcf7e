using System.Globalization;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Workers.Gateway;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Sandboxes;

/// <summary>The environment variables of a runtime: Lambda's, and the user's where they are not reserved.</summary>
/// <remarks>Lambda Developer Guide, "Defined runtime environment variables" (read 2026-11).</remarks>
internal static class SandboxEnvironment
{
    /// <summary>Defaults that the user's environment may replace.</summary>
    private static readonly KeyValuePair<string, string>[] Defaults =
    [
        new("LANG", "en_US.UTF-8"),
        new("TZ", ":UTC"),
        new("PATH", "/var/lang/bin:/usr/local/bin:/usr/bin:/bin:/opt/bin"),
        new("LD_LIBRARY_PATH", "/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:/var/task:/var/task/lib:/opt/lib"),
        new("HOME", "/tmp"),
    ];

    /// <param name="version">Whose code runs.</param>
    /// <param name="logStream">Where it logs.</param>
    /// <param name="command">What starts the runtime.</param>
    /// <param name="purpose">What the sandbox is for.</param>
    /// <param name="keys">The sandbox's own, for as long as it lives; null: it fetches them.</param>
    public static List<KeyValuePair<string, string>> Compose(FunctionVersion version, string logStream, RuntimeCommand command, SandboxPurpose purpose, SessionKey? keys)
    {
        var storage = $"http://127.0.0.1:{ChannelProtocol.StoragePort}";
        var region = RegionOf(version);
        var all = new Dictionary<string, string>(Defaults)
        {
            ["NODE_PATH"] = $"/opt/nodejs/{version.Runtime.Replace("nodejs", "node", StringComparison.Ordinal).Replace(".x", "", StringComparison.Ordinal)}/node_modules:/opt/nodejs/node_modules:/var/task/node_modules",
            ["PYTHONPATH"] = $"/var/runtime/Runtimes/python:/opt/python/lib/{version.Runtime}/site-packages:/opt/python",
        };
        foreach (var (name, value) in Language.Of(version.Runtime)?.Language == Language.Dotnet ? DotnetDefaults(version) : [])
        {
            all[name] = value;
        }

        foreach (var (name, value) in version.Environment)
        {
            all[name] = value;
        }

        KeyValuePair<string, string>[] reserved =
        [
            new("_HANDLER", version.Handler),
            new("AWS_LAMBDA_RUNTIME_API", $"127.0.0.1:{ChannelProtocol.RuntimeApiPort}"),
            new("LAMBDA_TASK_ROOT", "/var/task"),
            new("LAMBDA_RUNTIME_DIR", "/var/runtime"),
            new("AWS_EXECUTION_ENV", command.ExecutionEnvironment),
            new("AWS_LAMBDA_FUNCTION_NAME", version.Name),
            new("AWS_LAMBDA_FUNCTION_VERSION", version.Version),
            new("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", version.MemoryMiB.ToString(CultureInfo.InvariantCulture)),
            new("AWS_LAMBDA_LOG_GROUP_NAME", version.LogGroup),
            new("AWS_LAMBDA_LOG_STREAM_NAME", logStream),
            new("AWS_LAMBDA_LOG_FORMAT", version.Logging.IsJson ? "JSON" : "Text"),
            new("AWS_LAMBDA_INITIALIZATION_TYPE", InitialisationOf(purpose)),
            new("AWS_REGION", region),
            new("AWS_DEFAULT_REGION", region),
            new("AWS_ENDPOINT_URL", storage),
            new("AWS_ENDPOINT_URL_S3", storage),

            // Clones of a snapshot have one environment: each fetches keys of its own, as under Lambda's SnapStart.
            .. keys is null
                ? (ReadOnlySpan<KeyValuePair<string, string>>)[new("AWS_CONTAINER_CREDENTIALS_FULL_URI", storage + SessionCredentials.Path)]
                : [new("AWS_ACCESS_KEY_ID", keys.AccessKeyId), new("AWS_SECRET_ACCESS_KEY", keys.SecretAccessKey), new("AWS_SESSION_TOKEN", keys.Token)],
        ];
        foreach (var (name, value) in reserved)
        {
            all[name] = value;
        }

        if (version.Logging.IsJson)
        {
            all["AWS_LAMBDA_LOG_LEVEL"] = version.Logging.ApplicationLevel;
        }

        return [.. all];
    }

    /// <summary>
    /// Three quarters of the memory for the heap, as .NET itself takes of a container's: what it sees is more than the function's. No socket for debuggers in /tmp; and
    /// no second mapping of compiled code against its being written: the sandbox is the wall, and an emulated guest pays dearly for each.
    /// </summary>
    private static KeyValuePair<string, string>[] DotnetDefaults(FunctionVersion version) =>
    [
        new("DOTNET_GCHeapHardLimit", ((long)version.MemoryMiB * 1024 * 1024 / 4 * 3).ToString("X", CultureInfo.InvariantCulture)),
        new("DOTNET_EnableDiagnostics", "0"),
        new("DOTNET_EnableWriteXorExecute", "0"),
    ];

    public static string RegionOf(FunctionVersion version) => version.Arn.Split(':') is [_, _, _, { Length: > 0 } named, ..] ? named : "us-east-1";

    public static string InitialisationOf(SandboxPurpose purpose) => purpose switch
    {
        SandboxPurpose.Template => "snap-start",
        SandboxPurpose.Provisioned => "provisioned-concurrency",
        _ => "on-demand",
    };
}
