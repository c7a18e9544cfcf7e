using System.Globalization;
using Glue.Contracts.Functions;
using Glue.Workers.Code;
using Glue.Workers.Runtimes;

namespace Glue.Workers.Sandboxes;

/// <summary>How to start a runtime, or why its code cannot be started.</summary>
/// <param name="Arguments">Program and arguments, as seen in the sandbox.</param>
/// <param name="ExecutionEnvironment">Value of <c>AWS_EXECUTION_ENV</c>.</param>
/// <param name="Failure">Not null: the code was looked at and cannot run.</param>
internal sealed record RuntimeCommand(IReadOnlyList<string> Arguments, string ExecutionEnvironment, FunctionFailure? Failure = null)
{
    /// <summary>Executables of the layers that are started before it.</summary>
    public IReadOnlyList<string> Extensions { get; private init; } = [];

    /// <summary>The exact runtime.</summary>
    public RuntimeVersion Runtime { get; private init; } = new("", "");

    /// <summary>Finds the command of a version.</summary>
    /// <param name="version">What runs.</param>
    /// <param name="codeFolder">Where its code is unpacked (<see cref="CodeFolder"/>).</param>
    /// <param name="runtimes">Of its sandbox.</param>
    /// <param name="isTemplate">It will be saved, and go on many times: time spent before is spent once.</param>
    public static RuntimeCommand Of(FunctionVersion version, string codeFolder, RuntimeCatalog runtimes, bool isTemplate = false) =>
        OfRuntime(version, codeFolder, runtimes, isTemplate) with
        {
            Extensions = Sandboxes.Extensions.In(codeFolder),
            Runtime = runtimes.VersionOf(version.Runtime, SandboxEnvironment.RegionOf(version)),
        };

    private static RuntimeCommand OfRuntime(FunctionVersion version, string codeFolder, RuntimeCatalog runtimes, bool isTemplate)
    {
        var environment = "AWS_Lambda_" + version.Runtime;
        if (runtimes.WhyNot(version.Runtime) is { } why)
        {
            return new RuntimeCommand([], environment, Failures.InvalidEntrypoint(why));
        }

        if (runtimes.Find(version.Runtime) is not { } interpreter)
        {
            var isInLayer = !File.Exists(Path.Combine(CodeFolder.Task(codeFolder), "bootstrap")) && File.Exists(Path.Combine(CodeFolder.Layers(codeFolder), "bootstrap"));
            return isInLayer
                ? new RuntimeCommand(["/opt/bootstrap"], environment, Bootstrap.Check(Path.Combine(CodeFolder.Layers(codeFolder), "bootstrap")))
                : new RuntimeCommand(["/var/task/bootstrap"], environment, Bootstrap.Check(Path.Combine(CodeFolder.Task(codeFolder), "bootstrap")));
        }

        if (interpreter.Language == Language.Dotnet)
        {
            return new RuntimeCommand([interpreter.Program, "/var/runtime/Runtimes/dotnet/glue-dotnet.dll"], environment);
        }

        if (interpreter.Language == Language.Python)
        {
            return new RuntimeCommand([interpreter.Program, "/var/runtime/Runtimes/python/bootstrap.py"], environment);
        }

        // As Lambda's: V8 gives up with a heap statistic in the log shortly before the sandbox's limit.
        var heap = (version.MemoryMiB * 9 / 10).ToString(CultureInfo.InvariantCulture);
        // V8's quick compiler at the first call: a restored copy has the code, and does without the interpreter and its slow paths,
        // which is what an emulated guest takes longest for (bench coldstart: a sixth of the processor time up to the first answer).
        string[] quick = isTemplate ? ["--always-sparkplug"] : [];
        return new RuntimeCommand([interpreter.Program, $"--max-old-space-size={heap}", .. quick, "/var/runtime/Runtimes/nodejs/bootstrap.mjs"], environment);
    }
}
