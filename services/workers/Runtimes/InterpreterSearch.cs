using System.ComponentModel;
using System.Diagnostics;

namespace Glue.Workers.Runtimes;

/// <summary>Finds interpreters, and asks each for its version.</summary>
internal static class InterpreterSearch
{
    /// <summary>What the bootstrap of class libraries is built for (functions/dotnet).</summary>
    private static readonly Version LeastDotnet = new(10, 0);

    private static readonly string[] Folders = ["/usr/bin", "/usr/local/bin"];

    /// <summary>Those of this machine that a process sandbox sees: it has the host's <c>/usr</c>.</summary>
    public static IReadOnlyList<Interpreter> OfHost() =>
    [
        .. Folders.Where(Directory.Exists)
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "python3*").Append(Path.Combine(folder, "node")))
            .Where(static path => File.Exists(path) && IsNameOfInterpreter(Path.GetFileName(path)))
            .Select(static path => Ask(Path.GetFileName(path) == "node" ? Language.Node : Language.Python, path, path, out _))
            .OfType<Interpreter>(),
    ];

    /// <summary>
    /// Those that any driver can give its sandboxes: what was fetched for functions (<see cref="WorkersOptions.InterpretersFolder"/>), and the .NET that runs
    /// this program. One that does not run here is left out.
    /// </summary>
    public static IReadOnlyList<Interpreter> Installed(WorkersOptions options)
    {
        var folder = options.InterpretersFolder ?? Path.Combine(Path.GetFullPath(options.GuestFolder), "..", "interpreters");
        return
        [
            .. (Directory.Exists(folder) ? Directory.EnumerateDirectories(folder) : [])
                .Select(static each => new DirectoryInfo(each)).Where(static each => !each.Name.StartsWith('.')) // being fetched
                .SelectMany(static each => (Language[])[Language.Node, Language.Python], static (each, language) => (Source: each.FullName, Language: language))
                .Where(static each => File.Exists(Path.Combine(each.Source, each.Language.Program)))
                .Select(static each => In(each.Source, each.Language, out _))
                .OfType<Interpreter>(),
            .. OfThisProgram(),
        ];
    }

    /// <summary>What was set for a runtime (<see cref="WorkersOptions.Interpreters"/>).</summary>
    /// <param name="runtime">Its name.</param>
    /// <param name="folder">As <c>make install</c> leaves it, <c>bin/python3</c> or <c>bin/node</c> below; of .NET the folder that <c>dotnet</c> is in.</param>
    /// <param name="fault">Why it is of no use; null otherwise.</param>
    public static Interpreter? Of(string runtime, string folder, out string? fault)
    {
        if (Language.Of(runtime) is not var (language, _))
        {
            fault = $"{runtime} is no language runtime that is known here.";
            return null;
        }

        var found = In(Path.GetFullPath(folder), language, out fault);
        if (found is not null && language == Language.Dotnet && found.Version < LeastDotnet)
        {
            fault = $"it has .NET {found.Version}; class libraries are run by .NET {LeastDotnet} or newer, whatever they were built for.";
            return null;
        }

        return found is null ? null : found with { Runtime = runtime };
    }

    /// <summary>The root of the .NET that this process runs on; none when it brought its own.</summary>
    private static IEnumerable<Interpreter> OfThisProgram()
    {
        // ROOT/shared/Microsoft.NETCore.App/10.0.12/System.Private.CoreLib.dll
        var framework = new FileInfo(typeof(object).Assembly.Location).Directory;
        return framework?.Parent is { Name: "Microsoft.NETCore.App", Parent: { Name: "shared", Parent.FullName: { } root } } && File.Exists(Path.Combine(root, Language.Dotnet.Program))
            ? [new Interpreter(Language.Dotnet, Environment.Version, $"{Interpreter.Folder}/{Language.Dotnet.Program}") { Source = root }]
            : [];
    }

    private static Interpreter? In(string source, Language language, out string? fault)
    {
        const UnixFileMode open = UnixFileMode.OtherRead | UnixFileMode.OtherExecute;
        if (Directory.Exists(source) && (File.GetUnixFileMode(source) & open) != open)
        {
            fault = $"functions run as another user and cannot read {source}: chmod o+rx.";
            return null;
        }

        var found = Ask(language, Path.Combine(source, language.Program), $"{Interpreter.Folder}/{language.Program}", out fault);
        return found is null ? null : found with { Source = source };
    }

    /// <summary>Not <c>python3-config</c> and the like.</summary>
    private static bool IsNameOfInterpreter(string name) => name is "node" or "python3" || (name.StartsWith("python3.", StringComparison.Ordinal) && int.TryParse(name["python3.".Length..], out _));

    private static Interpreter? Ask(Language language, string path, string inSandbox, out string? fault)
    {
        var question = language == Language.Dotnet ? "--list-runtimes" : "--version";
        try
        {
            using var process = Process.Start(new ProcessStartInfo(path, [question]) { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false })!;
            var said = process.StandardOutput.ReadToEnd().Trim();
            var complained = process.StandardError.ReadToEnd().Trim();
            process.WaitForExit();
            if (process.ExitCode == 0 && VersionIn(said, language) is { } version)
            {
                fault = null;
                return new Interpreter(language, version, inSandbox);
            }

            fault = $"{path} {question} says '{said}{complained}'.";
        }
        catch (Win32Exception e)
        {
            fault = $"{path} cannot be run: {e.Message}.";
        }

        return null;
    }

    /// <summary>Of <c>v20.19.2</c>, <c>Python 3.11.2</c>, or the newest of lines <c>Microsoft.NETCore.App 10.0.12 [folder]</c>.</summary>
    private static Version? VersionIn(string said, Language language) => language != Language.Dotnet
        ? Parse(said.Split(' ')[^1].TrimStart('v'))
        : said.Split('\n').Select(static line => line.Split(' ')).Where(static line => line is ["Microsoft.NETCore.App", _, ..]).Select(static line => Parse(line[1])).Max();

    private static Version? Parse(string text) => Version.TryParse(text.Split('-', '+', 'r')[0], out var version) ? version : null;
}
