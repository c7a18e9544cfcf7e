using System.Runtime.InteropServices;
using System.Text;
using Glue.Dispatcher.Idempotency;
using Glue.Dispatcher.Placement;

namespace Glue.Dispatcher.LambdaApi;

/// <summary>What a function's fields may be (Lambda API Reference, CreateFunction, and Lambda quotas; read 2026-11).</summary>
internal static class FunctionRules
{
    private const int MaxEnvironmentBytes = 4 * 1024;
    private const int MaxTags = 50;

    /// <summary>Variables the runtime sets itself (Lambda Developer Guide, "Defined runtime environment variables").</summary>
    private static readonly HashSet<string> ReservedVariables = new(StringComparer.Ordinal)
    {
        "_HANDLER", "_X_AMZN_TRACE_ID", "AWS_DEFAULT_REGION", "AWS_REGION", "AWS_EXECUTION_ENV", "AWS_LAMBDA_FUNCTION_NAME",
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "AWS_LAMBDA_FUNCTION_VERSION", "AWS_LAMBDA_INITIALIZATION_TYPE", "AWS_LAMBDA_LOG_GROUP_NAME",
        "AWS_LAMBDA_LOG_STREAM_NAME", "AWS_ACCESS_KEY", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN",
        "AWS_LAMBDA_RUNTIME_API", "LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR",
    };

    /// <summary>The architecture functions run on: this machine's.</summary>
    public static string Architecture { get; } = RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "arm64" : "x86_64";

    /// <summary>Shapes and ranges; call <see cref="FieldCheck.Throw"/> after adding the action's own.</summary>
    public static FieldCheck Shape(ConfigurationFields fields) => new FieldCheck()
        .Matches("role", fields.Role, ModelPatterns.Role)
        .Length("handler", fields.Handler, 128)
        .Matches("handler", fields.Handler, ModelPatterns.NoSpaces)
        .Length("description", fields.Description, 256)
        .Range("timeout", fields.Timeout, 1, 900)
        .Range("memorySize", fields.MemorySize, 128, 10240)
        .Range("ephemeralStorage.size", fields.EphemeralStorage?.Size, 512, 10240)
        .OneOf("tracingConfig.mode", fields.TracingConfig?.Mode, "Active", "PassThrough")
        .OneOf("snapStart.applyOn", fields.SnapStart?.ApplyOn, SnapStartState.PublishedVersions, "None")
        .Logging(fields.LoggingConfig);

    /// <summary>What no field's shape says: known runtime, environment, and what is not served here.</summary>
    public static void Meaning(ConfigurationFields fields, IReadOnlyList<string> known, IRuntimes runtimes)
    {
        if (fields.Runtime is { } runtime && !known.Contains(runtime))
        {
            throw LambdaException.InvalidParameter(
                $"Value {runtime} at 'runtime' failed to satisfy constraint: Member must satisfy enum value set: [{string.Join(", ", known)}] or be a valid ARN");
        }

        if (fields.Runtime is { } named && runtimes.WhyNot(named) is { } why)
        {
            throw LambdaException.InvalidParameter(why);
        }

        CheckEnvironment(fields.Environment?.Variables);
        Refuse(fields.VpcConfig is { SubnetIds.Count: > 0 } or { SecurityGroupIds.Count: > 0 }, "VpcConfig", "leave it out");
        Refuse(!string.IsNullOrEmpty(fields.DeadLetterConfig?.TargetArn), "DeadLetterConfig", "dead letters are kept (./glue dead-letters); to hear of them set OnFailure with PutFunctionEventInvokeConfig");
        Refuse(fields.FileSystemConfigs is { Count: > 0 }, "FileSystemConfigs", "leave it out");
        Refuse(!string.IsNullOrEmpty(fields.KMSKeyArn), "KMSKeyArn", "leave it out");
        Refuse(IsGiven(fields.DurableConfig), "DurableConfig", "there are no durable executions: leave it out");
        Refuse(IsGiven(fields.CapacityProviderConfig), "CapacityProviderConfig", "functions run on this installation's workers: leave it out");
        Refuse(fields.ImageConfig is { EntryPoint.Count: > 0 } or { Command.Count: > 0 } or { WorkingDirectory.Length: > 0 }, "ImageConfig", "functions are zips here");
    }

    public static void CheckTags(IReadOnlyDictionary<string, string> tags)
    {
        if (tags.Count > MaxTags)
        {
            throw LambdaException.InvalidParameter($"A function has at most {MaxTags} tags; these would be {tags.Count}.");
        }

        foreach (var (key, value) in tags)
        {
            if (key.Length is 0 or > 128 || value is null or { Length: > 256 } || key.StartsWith("aws:", StringComparison.OrdinalIgnoreCase))
            {
                throw LambdaException.InvalidParameter(
                    $"Tag '{(key.Length > 128 ? key[..128] : key)}': keys have 1 to 128 characters and do not begin with aws:, values at most 256.");
            }
        }

        try
        {
            _ = IdempotencyRule.Of("", "", tags);
        }
        catch (FormatException e)
        {
            throw LambdaException.InvalidParameter(e.Message);
        }
    }

    public static void CheckArchitectures(IReadOnlyList<string>? architectures)
    {
        if (architectures is { Count: > 0 } && (architectures.Count > 1 || architectures[0] != Architecture))
        {
            throw LambdaException.InvalidParameter($"Functions here run on {Architecture}; Architectures was [{string.Join(", ", architectures)}].");
        }
    }

    public static void Refuse(bool asked, string field, string instead)
    {
        if (asked)
        {
            throw LambdaException.InvalidParameter($"{field} is not supported here; {instead}.");
        }
    }

    /// <summary>Of fields whose shape matters to nobody here.</summary>
    public static bool IsGiven(System.Text.Json.JsonElement? field) => field is { ValueKind: not System.Text.Json.JsonValueKind.Null };

    /// <summary>Of CreateFunction, UpdateFunctionCode and PublishVersion.</summary>
    public static void CheckPublishTo(string? publishTo) => Refuse(publishTo is not null, "PublishTo", "leave it out");

    private static void CheckEnvironment(IReadOnlyDictionary<string, string>? variables)
    {
        if (variables is null)
        {
            return;
        }

        var check = new FieldCheck();
        foreach (var (name, value) in variables)
        {
            check.Matches("environment.variables", name, ModelPatterns.VariableName).Required($"environment.variables.{name}", value is null ? null : "given");
        }

        check.Throw();
        const string unable = "Lambda was unable to configure your environment variables because the environment variables you have provided ";
        var reserved = variables.Keys.Where(ReservedVariables.Contains).ToList();
        if (reserved.Count > 0)
        {
            throw LambdaException.InvalidParameter(
                $"{unable}contains reserved keys that are currently not supported for modification. Reserved keys used in this request: {string.Join(", ", reserved)}");
        }

        // Values are secrets: AWS shows them in this message, this one only counts.
        var bytes = variables.Sum(variable => Encoding.UTF8.GetByteCount(variable.Key) + Encoding.UTF8.GetByteCount(variable.Value));
        if (bytes > MaxEnvironmentBytes)
        {
            throw LambdaException.InvalidParameter($"{unable}exceeded the 4KB limit. They have {bytes} bytes.");
        }
    }
}
