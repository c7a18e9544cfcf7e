using System.Text;
using System.Text.Json;
using Glue.Contracts.Channel;
using Glue.Contracts.Functions;
using Glue.Workers.Code;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Sandboxes;

/// <summary>What of a function's layers Lambda would start beside its runtime.</summary>
internal static class Extensions
{
    /// <summary>File names in <c>/opt/extensions</c> that can be executed, in the order in which they start.</summary>
    public static IReadOnlyList<string> In(string codeFolder)
    {
        const UnixFileMode execute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
        var folder = new DirectoryInfo(Path.Combine(CodeFolder.Layers(codeFolder), "extensions"));
        return folder is not { Exists: true, LinkTarget: null } ? [] :
            [.. folder.EnumerateFiles().Where(static file => (file.UnixFileMode & execute) != UnixFileMode.None).Select(static file => file.Name).Order(StringComparer.Ordinal)];
    }

    public static ExtensionsInit For(FunctionVersion version, RuntimeVersion runtime, SandboxPurpose purpose, IReadOnlyList<string> names) => new(
        Json(json =>
        {
            json.WriteString("functionName", version.Name);
            json.WriteString("functionVersion", version.Version);
            json.WriteString("handler", version.Handler);
        }),
        version.AccountId,
        Json(json =>
        {
            json.WriteString("initializationType", SandboxEnvironment.InitialisationOf(purpose));
            json.WriteString("phase", "init");
            json.WriteString("runtimeVersion", runtime.Version);
            json.WriteString("runtimeVersionArn", runtime.Arn);
            json.WriteString("functionName", version.Name);
            json.WriteString("functionVersion", version.Version);
            json.WriteNumber("instanceMaxMemory", (long)version.MemoryMiB << 20);
        }),
        names);

    private static string Json(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }
}
